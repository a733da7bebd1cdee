# SPDX-License-Identifier: MIT
# What every target is compiled and linked with: `orgrun_flags`.
set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS ON)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
include(CheckPIESupported)
check_pie_supported()

add_library(orgrun_flags INTERFACE)
target_compile_definitions(orgrun_flags INTERFACE _GNU_SOURCE)
target_compile_options(orgrun_flags INTERFACE
    -Wall -Wextra -Wshadow -Wvla -Wpointer-arith -Wstrict-prototypes -Wmissing-prototypes
    -Wformat=2 -Wwrite-strings -Wcast-qual -Wundef -Wno-missing-field-initializers
    $<$<BOOL:${ORGRUN_WERROR}>:-Werror>
    -fno-strict-aliasing -fno-omit-frame-pointer)
if(ORGRUN_SANITIZE)
    target_compile_options(orgrun_flags INTERFACE
        -fsanitize=${ORGRUN_SANITIZE} -fno-sanitize-recover=all)
    target_link_options(orgrun_flags INTERFACE -fsanitize=${ORGRUN_SANITIZE})
else()
    target_compile_options(orgrun_flags INTERFACE
        $<$<CONFIG:Release>:-U_FORTIFY_SOURCE> $<$<CONFIG:Release>:-D_FORTIFY_SOURCE=3>
        -fstack-protector-strong -fstack-clash-protection)
    target_link_options(orgrun_flags INTERFACE -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack)
endif()
target_link_options(orgrun_flags INTERFACE -Wl,--as-needed)
