// SPDX-License-Identifier: MIT
// How a public symbol is marked.
#ifndef ORGRUN_API_H
#define ORGRUN_API_H

#define ORGRUN_API __attribute__((visibility("default")))

#endif
