// SPDX-License-Identifier: MIT
// The error object: what failed, and what to do next. Fixed size and caller-owned, so failing never
// allocates.
#ifndef ORGRUN_ERROR_H
#define ORGRUN_ERROR_H

#ifdef __cplusplus
extern "C" {
#endif

/** Every orgrun function that can fail returns 0 or one of these negative codes. */
enum orgrun_code {
    ORGRUN_OK = 0,
    ORGRUN_ENOMEM = -1, /**< out of memory */
    ORGRUN_EUSAGE = -2, /**< a wrong argument, option or setting */
    ORGRUN_EJOB = -3,   /**< the job file or a file it names is wrong */
    ORGRUN_EIO = -4,    /**< a file or descriptor operation failed */
    ORGRUN_ESTATE = -5, /**< the run store is missing, damaged, locked or of a later version */
    ORGRUN_ECREDENTIALS = -6, /**< no usable source credentials, or they expired */
    ORGRUN_ENETWORK =
        -7,           /**< no connection, name not resolved, certificate not verified, time out */
    ORGRUN_EAWS = -8, /**< AWS answered with an error; its code and request id are in the text */
    ORGRUN_EPROTOCOL = -9,   /**< an answer that cannot be understood */
    ORGRUN_ELIMIT = -10,     /**< a stated maximum was passed */
    ORGRUN_ENOTFOUND = -11,  /**< no such run, account, file or format */
    ORGRUN_ECANCELLED = -12, /**< stopped on request */
    ORGRUN_ESPAWN = -13      /**< a child process could not be started */
};

/**
 * What went wrong, for a person. `message` says what failed, where and why; `hint`, which may be
 * empty, says what to do next. Both are valid UTF-8 without control characters other than newline
 * in `hint`. Initialise with `{0}`; a function that returns 0 leaves it as it was.
 */
struct orgrun_error {
    enum orgrun_code code;
    char message[1024];
    char hint[1024];
};

#ifdef __cplusplus
}
#endif
#endif
