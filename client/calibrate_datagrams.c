// Sending, receiving and asking for datagrams.
#include "base/clock.h"
#include "client/calibrate_parts.h"
#include "client/descriptor.h"
#include "client/samples.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BATCHES = 20 };

static int udp_socket(struct sockaddr_in *address)
{
    socklen_t len = sizeof *address;
    int fd = descriptor_socket(AF_INET, SOCK_DGRAM);
    *address =
        (struct sockaddr_in){.sin_family = AF_INET, .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    if (fd >= 0 && bind(fd, (struct sockaddr *)address, len) == 0 &&
        getsockname(fd, (struct sockaddr *)address, &len) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

// When it was last done COLD_NS ago; less what it takes else.
static void measure_cold(int fd, const struct sockaddr_in *address, struct costs *costs)
{
    enum { PAUSES = 100 };
    struct samples sent = {0};
    struct samples asked = {0};
    char byte = 'x';
    for (int i = 0; i < PAUSES; i++) {
        struct pollfd question = {.fd = fd, .events = POLLIN};
        calibrate_pause_ns(COLD_NS);
        uint64_t start_ns = clock_now_ns();
        ssize_t len = sendto(fd, &byte, 1, 0, (const struct sockaddr *)address, sizeof *address);
        uint64_t sent_ns = clock_now_ns();
        if (len != 1 || poll(&question, 1, 1000) != 1)
            break;
        samples_add(&asked, since(sent_ns) - costs->socket_poll.median);
        samples_add(&sent, (double)(sent_ns - start_ns) - costs->datagram.median);
        if (recv(fd, &byte, 1, MSG_DONTWAIT) != 1)
            break;
    }
    samples_take(&sent, &costs->datagram_cold);
    samples_take(&asked, &costs->poll_cold);
}

static void measure_poll(int fd, struct costs *costs)
{
    enum { POLLS = 5000 };
    struct samples samples = {0};
    struct pollfd question = {.fd = fd, .events = POLLOUT};
    for (int i = 0; i < BATCHES; i++) {
        uint64_t start_ns = clock_now_ns();
        for (int k = 0; k < POLLS; k++)
            if (poll(&question, 1, 1000) != 1)
                break;
        samples_add(&samples, since(start_ns) / POLLS);
    }
    samples_take(&samples, &costs->socket_poll);
}

// Sent to a socket that nobody waits on, then read: half of both.
void calibrate_datagrams(struct costs *costs)
{
    enum { MESSAGES = 2000 };
    struct samples samples = {0};
    struct sockaddr_in address;
    char byte = 'x';
    int fd = udp_socket(&address);
    for (int i = 0; i < BATCHES && fd >= 0; i++) {
        uint64_t start_ns = clock_now_ns();
        for (int k = 0; k < MESSAGES; k++)
            if (sendto(fd, &byte, 1, 0, (struct sockaddr *)&address, sizeof address) != 1 ||
                recv(fd, &byte, 1, MSG_DONTWAIT) != 1)
                break;
        samples_add(&samples, since(start_ns) / MESSAGES / 2);
    }
    samples_take(&samples, &costs->datagram);
    if (fd < 0)
        return;
    measure_poll(fd, costs);
    measure_cold(fd, &address, costs);
    close(fd);
}
