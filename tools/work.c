// SPDX-License-Identifier: GPL-2.0-only
// A queue of work and the threads that do it.
#include "work.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>

#include "die.h"

/* So many a worker: enough that none waits for the lister, few enough to hold few folders open. */
#define QUEUE_PER_WORKER 4

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
};

struct work *work_new(unsigned int workers, work_function *run, void *context)
{
	struct work *work = need_memory(1, sizeof(*work));

	work->run = run;
	work->context = context;
	work->workers = workers;
	work->room = (size_t)workers * QUEUE_PER_WORKER;
	work->queue = need_memory(work->room, sizeof(*work->queue));
	work->threads = need_memory(workers, sizeof(*work->threads));
	pthread_mutex_init(&work->lock, NULL);
	pthread_cond_init(&work->added, NULL);
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

/* With the lock held. A thread that cannot be had is done without. */
static void start_one(struct work *work)
{
	struct worker *worker = &work->threads[work->started];

	worker->work = work;
	worker->number = work->started + 1;
	if (pthread_create(&worker->thread, NULL, serve, worker) == 0)
		work->started++;
	else
		work->workers = work->started + 1;
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
	/* The second item waits for nobody if the first is being done: one item needs no thread. */
	if (work->count > work->idle + 1 && work->started + 1 < work->workers)
		start_one(work);
	if (work->idle > 0)
		pthread_cond_signal(&work->added);
	pthread_mutex_unlock(&work->lock);
}

void work_finish(struct work *work)
{
	pthread_mutex_lock(&work->lock);
	work->finished = true;
	pthread_cond_broadcast(&work->added);
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
