// SPDX-License-Identifier: MIT
// The templates under config/stackset, which the build puts into the library.
#ifndef ORGRUN_FANOUT_SETUP_TEXT_H
#define ORGRUN_FANOUT_SETUP_TEXT_H

extern const char setup_text_parameters[], setup_text_role[], setup_text_stackset[];

#endif
