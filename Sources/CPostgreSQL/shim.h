// libpq, PostgreSQL's own client library.
#ifndef STRONGROOM_CPOSTGRESQL_H
#define STRONGROOM_CPOSTGRESQL_H

#include <libpq-fe.h>

#endif
