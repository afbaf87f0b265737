# What is installed, and the two Debian packages: `samsyn` for tablets and administrators,
# `samsyn-server` for the server. `./dev package` builds them.

include(GNUInstallDirs)

install(TARGETS samsyn RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT cli)
install(FILES LICENSE packaging/debian/copyright
        DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/samsyn COMPONENT cli)

if(SAMSYN_BUILD_SERVER)
  install(TARGETS samsyn-server RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT server)
  install(FILES packaging/samsyn-server.service DESTINATION /lib/systemd/system COMPONENT server)
  install(FILES packaging/samsyn-server.sysusers RENAME samsyn-server.conf
          DESTINATION lib/sysusers.d COMPONENT server)
  install(FILES packaging/samsyn-server.tmpfiles RENAME samsyn-server.conf
          DESTINATION lib/tmpfiles.d COMPONENT server)
  install(FILES packaging/server.toml DESTINATION /etc/samsyn COMPONENT server)
  install(FILES LICENSE packaging/debian/copyright docs/OPERATIONS.md docs/THREAT-MODEL.md CHANGELOG.md packaging/alerts.yml
          DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/samsyn-server COMPONENT server)
endif()

set(CPACK_GENERATOR DEB)
set(CPACK_SET_DESTDIR ON)  # files below /etc and /lib beside those below the prefix
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL cli server)
set(CPACK_COMPONENTS_GROUPING ONE_PER_GROUP)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "")  # each package has its own
set(CPACK_PACKAGE_CONTACT "Samsyn's authors <samsyn@localhost>")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_CLI_PACKAGE_NAME samsyn)
set(CPACK_DEBIAN_CLI_PACKAGE_SECTION utils)
set(CPACK_COMPONENT_CLI_DESCRIPTION
    "shared plans that work offline, for devices and administrators\n The command `samsyn`: a device's encrypted database, and the administration of a federation.")
set(CPACK_DEBIAN_SERVER_PACKAGE_NAME samsyn-server)
set(CPACK_DEBIAN_SERVER_PACKAGE_SECTION net)
set(CPACK_DEBIAN_SERVER_PACKAGE_DEPENDS "passwd")
set(CPACK_DEBIAN_SERVER_PACKAGE_CONTROL_EXTRA
    ${PROJECT_SOURCE_DIR}/packaging/debian/conffiles
    ${PROJECT_SOURCE_DIR}/packaging/debian/postinst
    ${PROJECT_SOURCE_DIR}/packaging/debian/prerm
    ${PROJECT_SOURCE_DIR}/packaging/debian/postrm)
set(CPACK_COMPONENT_SERVER_DESCRIPTION
    "sync server of a federation: orders and forwards, reads no content\n Devices of one federation synchronise through it. What they write is sealed before it leaves them.")
include(CPack)
