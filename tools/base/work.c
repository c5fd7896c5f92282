// SPDX-License-Identifier: GPL-2.0-only
// A queue of work and the threads that do it.
#include "base/work.h"

#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/die.h"

/* So many a worker: enough that none waits for the lister, few enough to hold few directories open. */
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
	bool finished; /* nothing will be added any more */
	void **queue;  /* a ring */
	size_t room, first, count;
	unsigned int workers; /* at most, with the caller */
	unsigned int started, idle;
	struct worker *threads;
	cpu_set_t processors; /* that we may run on; none if that is not known */
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

/* With the lock held. */
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
 * A thread begins on another processor than this one, which has work: Linux often starts it here, where it waits for
 * its turn for some milliseconds, longer than a small tree takes. It may move as soon as it runs.
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

/* With the lock held. A thread that cannot be had is done without. */
static void start_one(struct work *work, const pthread_attr_t *attributes)
{
	struct worker *worker = &work->threads[work->started];

	worker->work = work;
	worker->number = work->started + 1;
	/* Where processors may not be chosen, anywhere will do. */
	if (pthread_create(&worker->thread, attributes, serve, worker) == 0 ||
	    pthread_create(&worker->thread, NULL, serve, worker) == 0)
		work->started++;
	else
		work->workers = work->started + 1;
}

/* With the lock held: threads for what is in the queue, but for the one item that the caller takes himself. */
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

/* With the lock held. */
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
	 * Not for one item: who is woken for little sleeps again soon, and Linux likes to wake a thread on the
	 * processor of the one that called it, where the two take turns while another processor has nothing to do.
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
