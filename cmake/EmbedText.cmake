# SPDX-License-Identifier: MIT
# orgrun_embed_text(source header name=file...): writes a C file into the build directory in which the
# text of each file is the array `name`, ended by a NUL, as the header declares it.
function(orgrun_embed_text source header)
    set(text "#include \"${header}\"\n")
    foreach(pair ${ARGN})
        string(REGEX MATCH "^([^=]+)=(.+)$" pair "${pair}")
        set(name ${CMAKE_MATCH_1})
        set(file ${CMAKE_MATCH_2})
        file(READ ${file} bytes HEX)
        string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
        string(REGEX REPLACE "(................................................................................)"
            "\\1\n" bytes "${bytes}")
        string(APPEND text "\nconst char ${name}[] = {\n${bytes}0};\n")
        set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    endforeach()
    file(CONFIGURE OUTPUT ${source} CONTENT "${text}" @ONLY)
endfunction()
