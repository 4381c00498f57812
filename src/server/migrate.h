/** \file
 * Migrate: rows that move. Lapse's three messages, and what happens to operations meanwhile.
 *
 * \code
 * worker --localize--> home --forward (hand over)--> owner --transfer--> the worker's server --reply--> worker
 * \endcode
 * Source: Renz-Wieland et al., PVLDB 2020, section 3.3. Ours differs: the worker itself marks the row as arriving, in
 * memory that its node shares, and asks the home; so its server takes part only when the row comes.
 */
#ifndef TERN_SERVER_MIGRATE_H
#define TERN_SERVER_MIGRATE_H

#include "server/errand.h"

/** At the home: from now on the rows of these keys are the client's node's. */
void tern_migrate_localize(tern_server_t *server, const tern_errand_t *errand);

/** At the owner: send the rows to the client's server, now or when they have come here. */
void tern_migrate_hand_over(tern_server_t *server, const tern_errand_t *errand);

/** At the client's server: the rows have come. Everything that waited for them is done, in order. */
void tern_migrate_take_in(tern_server_t *server, const tern_errand_t *errand);

#endif
