// Preloaded into a server: makes calls on regular files below FAULT_BELOW fail, as the control block FAULT_BLOCK says.
// The block is a file of eight 32-bit numbers, mapped by both sides, so that faults are switched while the server runs:
//   0 errno of fsync and fdatasync (0: none)    1 fail every nth of them    2 calls seen    3 calls failed
//   4 errno of write, pwrite and ftruncate      5 fail every nth of them    6 calls seen    7 calls failed
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { SYNC = 0, WRITE = 4, BLOCK_BYTES = 32 };

static volatile int32_t *block;
static char below[PATH_MAX];

__attribute__((constructor)) static void map_block(void) {
  const char *path = getenv("FAULT_BLOCK");
  const char *folder = getenv("FAULT_BELOW");
  if (!path || !folder || !realpath(folder, below)) return;
  int fd = open(path, O_RDWR | O_CLOEXEC);
  if (fd < 0) return;
  void *at = mmap(NULL, BLOCK_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  if (at != MAP_FAILED) block = at;
}

static int is_below(int fd) {
  struct stat info;
  char link[64], path[PATH_MAX];
  if (fd < 3 || fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length <= 0) return 0;
  path[length] = 0;
  return strncmp(path, below, strlen(below)) == 0;
}

// The errno that this call must fail with, or 0.
static int fault(int kind, int fd) {
  if (!block) return 0;
  int saved = errno, error = 0;
  if (block[kind] != 0 && is_below(fd)) {
    int32_t seen = __sync_add_and_fetch(&block[kind + 2], 1);
    int32_t nth = block[kind + 1];
    if (nth <= 1 || seen % nth == 0) {
      error = block[kind];
      __sync_add_and_fetch(&block[kind + 3], 1);
    }
  }
  errno = saved;
  return error;
}

#define REAL(name) \
  static __typeof__(name) *real; \
  if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)
#define FAIL(kind) \
  int error = fault(kind, fd); \
  if (error) { \
    errno = error; \
    return -1; \
  }

int fsync(int fd) { REAL(fsync); FAIL(SYNC) return real(fd); }
int fdatasync(int fd) { REAL(fdatasync); FAIL(SYNC) return real(fd); }
ssize_t write(int fd, const void *from, size_t size) { REAL(write); FAIL(WRITE) return real(fd, from, size); }
ssize_t pwrite(int fd, const void *from, size_t size, off_t at) { REAL(pwrite); FAIL(WRITE) return real(fd, from, size, at); }
ssize_t pwrite64(int fd, const void *from, size_t size, off64_t at) { REAL(pwrite64); FAIL(WRITE) return real(fd, from, size, at); }
ssize_t writev(int fd, const struct iovec *parts, int count) { REAL(writev); FAIL(WRITE) return real(fd, parts, count); }
ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at) { REAL(pwritev); FAIL(WRITE) return real(fd, parts, count, at); }
int ftruncate(int fd, off_t size) { REAL(ftruncate); FAIL(WRITE) return real(fd, size); }
int ftruncate64(int fd, off64_t size) { REAL(ftruncate64); FAIL(WRITE) return real(fd, size); }
int fallocate(int fd, int mode, off_t at, off_t size) { REAL(fallocate); FAIL(WRITE) return real(fd, mode, at, size); }
int posix_fallocate(int fd, off_t at, off_t size) {
  REAL(posix_fallocate);
  int error = fault(WRITE, fd);
  return error ? error : real(fd, at, size);
}
