/* SPDX-License-Identifier: GPL-2.0-only */
/* A queue of work items, and the threads that process them. */
#ifndef XS_BASE_WORK_H
#define XS_BASE_WORK_H

struct work;

/* Processes one item and frees it. WORKER is the number of the thread, from 0 to WORKERS - 1 of work_new(). */
typedef void work_function(void *item, unsigned int worker, void *context);

/*
 * Makes a queue, which work_finish() frees. The calling thread is worker 0. Up to WORKERS - 1 more threads are started
 * when there is work for them. With one worker, work_add() processes each item at once, in order. Without memory, the
 * program ends.
 */
struct work *work_new(unsigned int workers, work_function *run, void *context);

/* Adds an item. If the queue is full, the calling thread first processes the oldest item in it. */
void work_add(struct work *work, void *item);

/* Processes the items left in the queue, waits for all threads, and frees the queue. */
void work_finish(struct work *work);

#endif
