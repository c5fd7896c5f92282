// SPDX-License-Identifier: GPL-2.0-only
// A queue of work items, and the threads that process them.
#include "base/work.h"

#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/die.h"

/* With 16 items for each worker, no worker waits for new items. More items would hold more directories open. */
#define QUEUE_PER_WORKER 16
#define QUEUE_MAX	 256

struct worker {
	struct work *work;
	pthread_t thread;
	unsigned int number;
};

struct work {
	work_function *run;
	void *context;
	pthread_mutex_t lock;
	pthread_cond_t added;
	bool finished; /* no more items will be added */
	void **queue;  /* a ring buffer */
	size_t room, first, count;
	unsigned int workers; /* the limit, including the caller */
	unsigned int started, idle;
	struct worker *threads;
	cpu_set_t processors; /* the processors allowed for this process; empty if not known */
};

struct work *work_new(unsigned int workers, work_function *run, void *context)
{
	struct work *work = need_memory(1, sizeof(*work));

	work->run = run;
	work->context = context;
	work->workers = workers;
	work->room = workers < QUEUE_MAX / QUEUE_PER_WORKER ? (size_t)workers * QUEUE_PER_WORKER : QUEUE_MAX;
	work->queue = need_memory(work->room, sizeof(*work->queue));
	work->threads = need_memory(workers, sizeof(*work->threads));
	pthread_mutex_init(&work->lock, NULL);
	pthread_cond_init(&work->added, NULL);
	if (sched_getaffinity(0, sizeof(work->processors), &work->processors) != 0)
		CPU_ZERO(&work->processors);
	return work;
}

/* The caller holds the lock. */
static void *take(struct work *work)
{
	void *item = work->queue[work->first];

	work->first = (work->first + 1) % work->room;
	work->count--;
	return item;
}

static void *serve(void *argument)
{
	struct worker *worker = argument;
	struct work *work = worker->work;

	if (CPU_COUNT(&work->processors) > 0)
		sched_setaffinity(0, sizeof(work->processors), &work->processors);
	pthread_mutex_lock(&work->lock);
	for (;;) {
		void *item;

		while (work->count == 0 && !work->finished) {
			work->idle++;
			pthread_cond_wait(&work->added, &work->lock);
			work->idle--;
		}
		if (work->count == 0)
			break;
		item = take(work);
		pthread_mutex_unlock(&work->lock);
		work->run(item, worker->number, work->context);
		pthread_mutex_lock(&work->lock);
	}
	pthread_mutex_unlock(&work->lock);
	return NULL;
}

/*
 * Lets a new thread start on another processor. Linux often starts it on the processor of the caller. There the thread
 * waits for some milliseconds, which is longer than the whole work for a small tree. serve() removes this restriction.
 */
static void begin_elsewhere(const struct work *work, pthread_attr_t *attributes)
{
	cpu_set_t others = work->processors;
	int here = sched_getcpu();

	if (here < 0 || here >= CPU_SETSIZE)
		return;
	CPU_CLR(here, &others);
	if (CPU_COUNT(&others) > 0)
		pthread_attr_setaffinity_np(attributes, sizeof(others), &others);
}

/* The caller holds the lock. If no thread can be started, the work goes on with fewer threads. */
static void start_one(struct work *work, const pthread_attr_t *attributes)
{
	struct worker *worker = &work->threads[work->started];

	worker->work = work;
	worker->number = work->started + 1;
	/* The first call fails if the system does not allow this choice of processors. */
	if (pthread_create(&worker->thread, attributes, serve, worker) == 0 ||
	    pthread_create(&worker->thread, NULL, serve, worker) == 0)
		work->started++;
	else
		work->workers = work->started + 1;
}

/* The caller holds the lock. Starts one thread for each item in the queue, except the item for the caller itself. */
static void start_threads(struct work *work)
{
	pthread_attr_t attributes;

	if (work->started + 1 >= work->workers || pthread_attr_init(&attributes) != 0)
		return;
	begin_elsewhere(work, &attributes);
	while (work->count > work->started + 1 && work->started + 1 < work->workers)
		start_one(work, &attributes);
	pthread_attr_destroy(&attributes);
}

/* The caller holds the lock. */
static void call_workers(struct work *work)
{
	start_threads(work);
	if (work->idle > 0)
		pthread_cond_broadcast(&work->added);
}

void work_add(struct work *work, void *item)
{
	if (work->workers == 1) {
		work->run(item, 0, work->context);
		return;
	}
	pthread_mutex_lock(&work->lock);
	if (work->count == work->room) {
		void *oldest = take(work);

		pthread_mutex_unlock(&work->lock);
		work->run(oldest, 0, work->context);
		pthread_mutex_lock(&work->lock);
	}
	work->queue[(work->first + work->count++) % work->room] = item;
	/*
	 * Threads are not woken for one item: they would sleep again soon. Also, Linux often wakes a thread on the
	 * processor of the caller; then the two threads share this processor while another processor is idle.
	 */
	if (work->count >= work->room / 2)
		call_workers(work);
	pthread_mutex_unlock(&work->lock);
}

void work_finish(struct work *work)
{
	pthread_mutex_lock(&work->lock);
	work->finished = true;
	call_workers(work);
	while (work->count > 0) {
		void *item = take(work);

		pthread_mutex_unlock(&work->lock);
		work->run(item, 0, work->context);
		pthread_mutex_lock(&work->lock);
	}
	pthread_mutex_unlock(&work->lock);
	for (unsigned int i = 0; i < work->started; i++)
		pthread_join(work->threads[i].thread, NULL);
	pthread_cond_destroy(&work->added);
	pthread_mutex_destroy(&work->lock);
	free(work->threads);
	free(work->queue);
	free(work);
}
