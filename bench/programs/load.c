// The load generator: N subscribers on one server, publishes of its own over kept-alive HTTP, every delivery counted.
// Each event carries one '$' (which no frame header of these sizes contains); every subscriber sees every event in order, so its n-th '$' is the n-th event, and the
// time since that event's publish is its latency. Prints one JSON object a phase.
// usage: load key=value …   (keys: struct settings below; phases=closed:W:SECONDS,outstanding:W:SECONDS,open:RATE:SECONDS,idle:0:SECONDS)
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAX_EVENTS (1 << 24)
#define MAX_PUBLISHERS 2048
#define READ_BYTES (256 * 1024)
#define LATENCIES (1 << 22)

struct settings {
  int port, readers, publishers, perAddress, pid, warmup;
  const char *transport, *subscribePath, *publishPath, *token, *tokens, *contentType, *body, *phases;
};
static struct settings set = {.readers = 100, .publishers = 64, .perAddress = 200, .transport = "sse",
  .subscribePath = "/", .publishPath = "/", .token = "", .tokens = "", .contentType = "application/json", .body = "$", .phases = "closed:1:2"};

struct reader { int fd; long seen; int open; char head[5]; };
struct publisher { int fd; int busy; long event; size_t got, need; char answer[32768]; };
static struct reader *readers;
static struct publisher publishers[MAX_PUBLISHERS];
static double *sentAt;
static float *latencies;
static long latencyCount, sent, acked, delivered, errors;
static int poller, measuring;
static char request[65536];
static size_t requestBytes;
static char block[READ_BYTES];
static char **tokens;
static int tokenCount;

static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec + t.tv_nsec / 1e9; }
static void die(const char *why) { fprintf(stderr, "load: %s: %s\n", why, strerror(errno)); exit(1); }

// User + system time of the server with all its threads, in seconds; and its resident memory in bytes.
static double serverCpu(void) {
  char path[64], text[1024]; snprintf(path, sizeof path, "/proc/%d/stat", set.pid);
  FILE *file = fopen(path, "r"); if (!file) return 0;
  size_t size = fread(text, 1, sizeof text - 1, file); text[size] = 0; fclose(file);
  char *rest = strrchr(text, ')'); unsigned long user = 0, system = 0;
  if (rest) sscanf(rest + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system);
  return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}
static long serverRss(void) {
  char path[64]; snprintf(path, sizeof path, "/proc/%d/statm", set.pid);
  FILE *file = fopen(path, "r"); long pages = 0; if (!file) return 0;
  if (fscanf(file, "%*d %ld", &pages) != 1) pages = 0;
  fclose(file); return pages * sysconf(_SC_PAGESIZE);
}

static int dial(int index) {
  int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1; if (fd < 0) die("socket");
  struct sockaddr_in from = {.sin_family = AF_INET}, to = {.sin_family = AF_INET, .sin_port = htons((unsigned short)set.port)};
  int host = index / set.perAddress;
  from.sin_addr.s_addr = htonl(0x7f000001u + 256u * (unsigned)(1 + host / 250) + (unsigned)(host % 250));
  setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  if (bind(fd, (void *)&from, sizeof from)) die("bind");
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd, (void *)&to, sizeof to)) die("connect");
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}
static void watch(int fd, unsigned kind, int index) {
  struct epoll_event event = {.events = EPOLLIN, .data.u64 = ((unsigned long)kind << 32) | (unsigned)index};
  if (epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event)) die("epoll_ctl");
}

// One token a line; the readers take them in turn, in place of `token`, which then is the publishers' alone.
static void readTokens(void) {
  FILE *file = fopen(set.tokens, "r"); if (!file) die(set.tokens);
  char line[512]; tokens = malloc(sizeof *tokens * (size_t)(set.readers + 1));
  while (tokenCount < set.readers && fgets(line, sizeof line, file)) { line[strcspn(line, "\n")] = 0; tokens[tokenCount++] = strdup(line); }
  fclose(file); if (!tokenCount) die("no tokens");
}

static void subscribe(int index) {
  char text[4096]; int fd = dial(index);
  int ws = !strcmp(set.transport, "ws");
  const char *token = tokenCount ? tokens[index % tokenCount] : set.token;
  int size = snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n%s%s%s%s\r\n", set.subscribePath, set.port,
    *token ? "Authorization: Bearer " : "", token, *token ? "\r\n" : "",
    ws ? "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n" : "Accept: text/event-stream\r\n");
  if (send(fd, text, (size_t)size, 0) != size) die("send");
  size_t got = 0;
  while (!memmem(text, got, "\r\n\r\n", 4)) {
    ssize_t n = recv(fd, text + got, 1, 0); if (n <= 0) die("no answer to subscribe");
    if (++got >= sizeof text) die("long answer");
  }
  if (!memmem(text, got, ws ? " 101 " : " 200 ", 5)) { text[got] = 0; fprintf(stderr, "load: subscribe refused: %s", text); exit(1); }
  if (ws) { // a masked text frame with mask 0 asks for the topic; servers that subscribe by address ignore the option
    const char *ask = getenv("LOAD_WS_SUBSCRIBE");
    if (ask) {
      size_t length = strlen(ask); unsigned char frame[256] = {0x81, (unsigned char)(0x80 | length)};
      if (length > 125) die("LOAD_WS_SUBSCRIBE too long");
      memcpy(frame + 6, ask, length);
      if (send(fd, frame, length + 6, 0) < 0) die("send");
      size_t seen = 0; // wait for the answer, so that nothing is published before the subscription stands
      while (!memmem(text, seen, "live", 4)) { ssize_t n = recv(fd, text + seen, sizeof text - seen, 0); if (n <= 0) die("no subscription"); seen += (size_t)n; }
    }
  }
  readers[index].fd = fd; readers[index].open = 1;
  watch(fd, 0, index);
}

static void publish(int index) {
  publishers[index].busy = 1; publishers[index].event = sent; publishers[index].got = 0; publishers[index].need = 0;
  if (sent >= MAX_EVENTS) die("too many events");
  sentAt[sent++] = now();
  if (send(publishers[index].fd, request, requestBytes, MSG_NOSIGNAL) != (ssize_t)requestBytes) die("publish");
}
static void answered(int index) {
  struct publisher *p = &publishers[index];
  ssize_t n = recv(p->fd, p->answer + p->got, sizeof p->answer - 1 - p->got, MSG_DONTWAIT);
  if (n < 0 && errno == EAGAIN) return;
  if (n <= 0 && p->got) die("a publisher's connection ended within an answer");
  if (n <= 0) {
    // Idle for longer than the server keeps a connection: a new one. A request that crossed the server's reset was
    // read by nobody (a server resets what has unread bytes) and goes out again.
    if (p->busy && n == 0) die("a publisher's connection ended before the answer");
    close(p->fd); p->fd = dial(set.readers + index); watch(p->fd, 1, index);
    if (p->busy && send(p->fd, request, requestBytes, MSG_NOSIGNAL) != (ssize_t)requestBytes) die("publish again");
    return;
  }
  p->got += (size_t)n; p->answer[p->got] = 0;
  if (!p->need) {
    char *end = strstr(p->answer, "\r\n\r\n"); if (!end) return;
    char *field = strcasestr(p->answer, "content-length:");
    p->need = (size_t)(end - p->answer) + 4 + (field && field < end ? strtoul(field + 15, NULL, 10) : 0);
    if (p->answer[9] != '2') { errors++; fprintf(stderr, "load: publish refused: %.200s\n", p->answer); exit(1); }
  }
  if (p->got >= p->need) { p->busy = 0; p->got = 0; acked++; }
}

static void received(int index) {
  struct reader *r = &readers[index];
  ssize_t n = recv(r->fd, block, sizeof block, MSG_DONTWAIT);
  if (n <= 0) { if (n < 0 && errno == EAGAIN) return; fprintf(stderr, "load: reader %d was cut\n", index); exit(1); }
  double time = measuring ? now() : 0;
  for (char *at = block, *end = block + n; (at = memchr(at, '$', (size_t)(end - at))); at++) {
    if (measuring && latencyCount < LATENCIES) latencies[latencyCount++] = (float)(time - sentAt[r->seen]);
    r->seen++; delivered++;
  }
}

static int ascending(const void *a, const void *b) { float x = *(const float *)a, y = *(const float *)b; return (x > y) - (x < y); }
static double percentile(double p) { return latencyCount ? latencies[(long)((double)(latencyCount - 1) * p)] * 1000 : 0; }

static void step(int timeoutMs) {
  struct epoll_event events[512];
  int count = epoll_wait(poller, events, 512, timeoutMs);
  for (int i = 0; i < count; i++) {
    int index = (int)(events[i].data.u64 & 0xffffffff);
    if (events[i].data.u64 >> 32) answered(index); else received(index);
  }
}
static int idlePublisher(int limit) { for (int i = 0; i < limit; i++) if (!publishers[i].busy) return i; return -1; }

// closed: at most `amount` events are in flight, counted until every reader has them (or, without readers, until
// acknowledged). outstanding: at most `amount` publishes are unacknowledged. open: `amount` publishes a second.
// Every phase lasts until everything was received, and its CPU time counts until then.
static void phase(const char *kind, double amount, double seconds) {
  long sent0 = sent, acked0 = acked, delivered0 = delivered; double cpu0 = serverCpu(), start = now(), next = start;
  latencyCount = 0; measuring = 1;
  while (now() - start < seconds) {
    if (!strcmp(kind, "closed")) {
      for (int p; sent - (set.readers ? delivered / set.readers : acked) < (long)amount && (p = idlePublisher(set.publishers)) >= 0;) publish(p);
      step(10);
    } else if (!strcmp(kind, "outstanding")) {
      for (int p; sent - acked < (long)amount && (p = idlePublisher(set.publishers)) >= 0;) publish(p);
      step(10);
    } else if (!strcmp(kind, "open")) {
      for (int p; next <= now() && (p = idlePublisher(set.publishers)) >= 0; next += 1 / amount) publish(p);
      double wait = (next - now()) * 1000; step(wait < 0 ? 0 : wait > 10 ? 10 : (int)wait);
    } else step(10);
  }
  double deadline = now() + 60;
  while ((acked < sent || (set.readers && delivered < sent * set.readers)) && now() < deadline) step(10);
  double took = now() - start, cpu = serverCpu() - cpu0; long lost = set.readers ? sent * set.readers - delivered : 0;
  qsort(latencies, (size_t)latencyCount, sizeof *latencies, ascending);
  printf("{\"phase\":\"%s\",\"amount\":%g,\"seconds\":%.3f,\"published\":%ld,\"acked\":%ld,\"delivered\":%ld,\"lost\":%ld,\"cpuSeconds\":%.3f,\"p50Ms\":%.2f,\"p99Ms\":%.2f,\"rssBytes\":%ld}\n",
    kind, amount, took, sent - sent0, acked - acked0, delivered - delivered0, lost, cpu, percentile(.5), percentile(.99), serverRss());
  fflush(stdout);
  measuring = 0;
}

int main(int argc, char **argv) {
  for (int i = 1; i < argc; i++) {
    char *value = strchr(argv[i], '='); if (!value) die(argv[i]);
    *value++ = 0;
#define TEXT(name) if (!strcmp(argv[i], #name)) set.name = value
#define NUMBER(name) if (!strcmp(argv[i], #name)) set.name = atoi(value)
    TEXT(transport); TEXT(subscribePath); TEXT(publishPath); TEXT(token); TEXT(tokens); TEXT(contentType); TEXT(body); TEXT(phases);
    NUMBER(port); NUMBER(readers); NUMBER(publishers); NUMBER(perAddress); NUMBER(pid); NUMBER(warmup);
  }
  readers = calloc((size_t)set.readers + 1, sizeof *readers);
  sentAt = malloc(sizeof *sentAt * MAX_EVENTS); latencies = malloc(sizeof *latencies * LATENCIES);
  poller = epoll_create1(0);
  if (*set.tokens) readTokens();
  long rss0 = serverRss(); double start = now();
  for (int i = 0; i < set.readers; i++) subscribe(i);
  double connected = now() - start;
  requestBytes = (size_t)snprintf(request, sizeof request, "POST %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n%s%s%sContent-Type: %s\r\nContent-Length: %zu\r\n\r\n%s",
    set.publishPath, set.port, *set.token ? "Authorization: Bearer " : "", set.token, *set.token ? "\r\n" : "", set.contentType, strlen(set.body), set.body);
  for (int i = 0; i < set.publishers; i++) { publishers[i].fd = dial(set.readers + i); watch(publishers[i].fd, 1, i); }
  for (double until = now() + 1; now() < until;) step(10); // first blocks and garbage collection settle
  printf("{\"phase\":\"connect\",\"readers\":%d,\"seconds\":%.3f,\"rssBefore\":%ld,\"rssBytes\":%ld}\n", set.readers, connected, rss0, serverRss());
  for (char *rest = strdup(set.phases), *part; (part = strsep(&rest, ","));) {
    char kind[16]; double amount, seconds;
    if (sscanf(part, "%15[^:]:%lf:%lf", kind, &amount, &seconds) != 3) die(part);
    phase(kind, amount, seconds);
  }
  return 0;
}
