// SPDX-License-Identifier: MIT
// The whole public API.
#ifndef ORGRUN_ORGRUN_H
#define ORGRUN_ORGRUN_H

#include "orgrun/api.h"
#include "orgrun/context.h"
#include "orgrun/doctor.h"
#include "orgrun/error.h"
#include "orgrun/job.h"
#include "orgrun/log.h"
#include "orgrun/report.h"
#include "orgrun/request.h"
#include "orgrun/run.h"
#include "orgrun/session.h"
#include "orgrun/setup.h"
#include "orgrun/source.h"
#include "orgrun/types.h"

#endif
