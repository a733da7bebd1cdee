// SPDX-License-Identifier: MIT
// cmocka with the headers it wants before it, and what every unit test shares.
#ifndef ORGRUN_TESTS_UNIT_H
#define ORGRUN_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "orgrun/error.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* rc and the error's code and message, all exact. */
#define assert_error(rc, err, wanted_code, wanted_message)                                         \
    do {                                                                                           \
        assert_int_equal((rc), (wanted_code));                                                     \
        assert_int_equal((err).code, (wanted_code));                                               \
        assert_string_equal((err).message, (wanted_message));                                      \
    } while (0)

#endif
