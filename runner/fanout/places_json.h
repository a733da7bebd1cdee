// SPDX-License-Identifier: MIT
// What the writer and the reader of a book's text share.
#ifndef ORGRUN_FANOUT_PLACES_JSON_H
#define ORGRUN_FANOUT_PLACES_JSON_H

#include "base/cleanup.h"

#include <jansson.h>

#define PLACES_SCHEMA "orgrun.organization/1"

DEFINE_CLEANUP(free_json, json_t, json_decref)

#endif
