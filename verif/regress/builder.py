# SPDX-License-Identifier: Apache-2.0
"""Build configurations as tests of their own kind: each is made once, and judged like any run."""
from verif.regress.catalogue import Test

LIMIT = 4 * 3600.0
ERRORS = r"^.*?(?:\berror:|%Error|CMake Error|FAILED:|undefined reference).*(?:\n.+){0,2}"
# Configures a build folder that is not there yet, as every script does.
CMAKE = 'cd "$1" && . scripts/common.sh && configure && shift && exec cmake --build "$BUILD" --target "$@"'


def as_test(build, places):
    """The step that makes a build configuration. Nothing but its exit code says that it succeeded."""
    command = build.command or ("bash", "-c", CMAKE, "regress", str(places["source"]), *build.targets)
    return Test(name=f"build.{build.name}", command=tuple(command), what=build.what or "build configuration", owner="build", limit=LIMIT,
                success=r"\A", env={"HTX_BUILD": str(places["build"])})


def needed(catalogue, runs):
    """The configurations of these runs, in the catalogue's order."""
    names = {r.test.build for r in runs}
    return [b for b in catalogue.builds.values() if b.name in names]
