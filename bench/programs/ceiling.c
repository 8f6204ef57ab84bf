// The ceiling: one thread, epoll, one send() per event and client. Nothing else: no log, no auth, no parsing beyond
// finding the end of a request. GET subscribes to everything, POST publishes its body as one SSE event.
// usage: ceiling PORT
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_CLIENTS 65536
#define BUFFER_BYTES 8192

struct client {
  int subscribed;
  size_t length;
  char *buffer;
};

static struct client clients[MAX_CLIENTS];
static int readers[MAX_CLIENTS];
static int reader_count;

static void drop(int fd) {
  if (clients[fd].subscribed) {
    for (int i = 0; i < reader_count; i++) {
      if (readers[i] == fd) {
        readers[i] = readers[--reader_count];
        break;
      }
    }
  }
  free(clients[fd].buffer);
  memset(&clients[fd], 0, sizeof clients[fd]);
  close(fd);
}

static void publish(const char *body, size_t length) {
  char frame[BUFFER_BYTES + 16];
  size_t size = (size_t)snprintf(frame, sizeof frame, "data: %.*s\n\n", (int)length, body);
  for (int i = 0; i < reader_count; i++) {
    if (send(readers[i], frame, size, MSG_NOSIGNAL) != (ssize_t)size) {
      fprintf(stderr, "ceiling: reader %d cannot keep up\n", readers[i]);
      exit(1);
    }
  }
}

// Answers one request at the start of the buffer; returns the bytes it took, 0 when it is incomplete.
static size_t serve(int fd, struct client *client) {
  char *end = memmem(client->buffer, client->length, "\r\n\r\n", 4);
  if (!end) return 0;
  size_t head = (size_t)(end - client->buffer) + 4;
  if (client->buffer[0] == 'G') {
    static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";
    if (send(fd, answer, sizeof answer - 1, MSG_NOSIGNAL) < 0) return head;
    client->subscribed = 1;
    readers[reader_count++] = fd;
    return head;
  }
  *end = 0;
  char *field = strcasestr(client->buffer, "content-length:");
  size_t body = field ? strtoul(field + 15, NULL, 10) : 0;
  *end = '\r';
  if (client->length < head + body) return 0;
  publish(client->buffer + head, body);
  static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
  if (send(fd, answer, sizeof answer - 1, MSG_NOSIGNAL) < 0) return head + body;
  return head + body;
}

static void readable(int fd) {
  struct client *client = &clients[fd];
  if (!client->buffer) client->buffer = malloc(BUFFER_BYTES);
  ssize_t got = recv(fd, client->buffer + client->length, BUFFER_BYTES - client->length, 0);
  if (got <= 0) {
    if (got == 0 || (errno != EAGAIN && errno != EINTR)) drop(fd);
    return;
  }
  client->length += (size_t)got;
  for (size_t took; (took = serve(fd, client)) > 0;) {
    client->length -= took;
    memmove(client->buffer, client->buffer + took, client->length);
  }
  if (client->subscribed) {
    free(client->buffer);
    client->buffer = NULL;
    client->length = 0;
  }
}

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(argv[1]))};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(listener, (void *)&address, sizeof address) || listen(listener, 4096)) return perror("ceiling"), 1;
  int poll = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[256];
  epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
  puts("listening");
  fflush(stdout);
  for (;;) {
    int count = epoll_wait(poll, events, 256, -1);
    for (int i = 0; i < count; i++) {
      if (events[i].data.fd != listener) {
        readable(events[i].data.fd);
        continue;
      }
      for (int fd; (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0;) {
        if (fd >= MAX_CLIENTS) {
          close(fd);
          continue;
        }
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        struct epoll_event fresh = {.events = EPOLLIN, .data.fd = fd};
        epoll_ctl(poll, EPOLL_CTL_ADD, fd, &fresh);
      }
    }
  }
}
