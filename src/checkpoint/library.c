#include "checkpoint/library.h"

#include <hdf5.h>
#include <stdio.h>

void tern_checkpoint_library(char *text, size_t text_bytes)
{
    unsigned major = 0, minor = 0, release = 0;

    H5get_libversion(&major, &minor, &release);
    if (major == H5_VERS_MAJOR && minor == H5_VERS_MINOR && release == H5_VERS_RELEASE)
        snprintf(text, text_bytes, "%u.%u.%u", major, minor, release);
    else
        snprintf(text, text_bytes, "%u.%u.%u (compiled with %d.%d.%d)", major, minor,
                 release, H5_VERS_MAJOR, H5_VERS_MINOR, H5_VERS_RELEASE);
}
