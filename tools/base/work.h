/* SPDX-License-Identifier: GPL-2.0-only */
/* A queue of work and the threads that do it. */
#ifndef XS_BASE_WORK_H
#define XS_BASE_WORK_H

struct work;

/* Does one item and frees it. WORKER is the number of the thread, below the workers asked for. */
typedef void work_function(void *item, unsigned int worker, void *context);

/*
 * A queue for the calling thread, which is worker 0, and up to WORKERS - 1 more, started only when there is work for
 * them. With one worker, work_add() does each item at once, in order.
 */
struct work *work_new(unsigned int workers, work_function *run, void *context);

/* Adds an item. When the queue is full the caller does one itself meanwhile, so it never grows long. */
void work_add(struct work *work, void *item);

/* Does what is left, waits for all and frees the queue. */
void work_finish(struct work *work);

#endif
