/** \file
 * Requests are handed to MPI in blocks, so that their number is not bounded.
 */
#include "comm/record.h"

enum { BLOCK = 64 };

void tern_record_list_init(tern_record_list_t *list)
{
    *list       = (tern_record_list_t){.first = NULL};
    list->end_p = &list->first;
}

void tern_record_list_append(tern_record_list_t *list, tern_record_t *record)
{
    record->next = NULL;
    *list->end_p = record;
    list->end_p  = &record->next;
    list->length++;
}

tern_record_t *tern_record_list_take(tern_record_list_t *list, tern_record_t **record_p)
{
    tern_record_t *record = *record_p;

    *record_p = record->next;
    if (list->end_p == &record->next)
        list->end_p = record_p;
    list->length--;
    return record;
}

typedef struct block {
    int          num;
    MPI_Request  requests[BLOCK];
    MPI_Request *from[BLOCK];
} block_t;

static void test_block(block_t *block)
{
    int num_done, indices[BLOCK];

    if (block->num == 0)
        return;
    MPI_Testsome(block->num, block->requests, &num_done, indices, MPI_STATUSES_IGNORE);
    for (int i = 0; i < block->num; i++)
        *block->from[i] = block->requests[i];
    block->num = 0;
}

static void add(block_t *block, MPI_Request *request)
{
    if (*request == MPI_REQUEST_NULL)
        return;
    if (block->num == BLOCK)
        test_block(block);
    block->requests[block->num] = *request;
    block->from[block->num++]   = request;
}

void tern_record_list_test(tern_record_list_t *list)
{
    block_t block;

    block.num = 0;
    for (tern_record_t *record = list->first; record != NULL; record = record->next) {
        add(&block, &record->head);
        add(&block, &record->tail);
    }
    test_block(&block);
}
