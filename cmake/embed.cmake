# embed_files(TARGET NAME FILE...): compiles data files into TARGET, so that the program is one file that
# runs from anywhere. It makes the table `const struct asset NAME_assets[]` (base/asset.h), ended by an entry whose
# path is NULL; a path is the file's path below the calling folder.
set(EMBED_SCRIPT ${CMAKE_CURRENT_LIST_DIR}/embed_file_list.cmake)
function(embed_files target name)
  set(out ${CMAKE_CURRENT_BINARY_DIR}/${name}_assets.c)
  set(paths)
  foreach(file IN LISTS ARGN)
    list(APPEND paths ${CMAKE_CURRENT_SOURCE_DIR}/${file})
  endforeach()
  string(REPLACE ";" "," joined "${ARGN}")
  add_custom_command(
    OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DNAME=${name} -DROOT=${CMAKE_CURRENT_SOURCE_DIR}
            -DFILES=${joined} -DOUT=${out} -P ${EMBED_SCRIPT}
    DEPENDS ${paths} ${EMBED_SCRIPT}
    VERBATIM)
  target_sources(${target} PRIVATE ${out})
endfunction()
