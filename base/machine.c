#include "base/machine.h"

#include "base/alloc.h"

#include <jansson.h>
#include <sched.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <uv.h>

#ifdef __linux__
uint32_t machine_cores(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0)
        return (uint32_t)CPU_COUNT(&set);
    return (uint32_t)sysconf(_SC_NPROCESSORS_ONLN);
}
#else
uint32_t machine_cores(void)
{
    return (uint32_t)sysconf(_SC_NPROCESSORS_ONLN);
}
#endif

static void cpu_model(char *text, size_t len)
{
    uv_cpu_info_t *cpus;
    int n = 0;
    text[0] = '\0';
    if (uv_cpu_info(&cpus, &n) != 0)
        return;
    if (n > 0 && cpus[0].model)
        snprintf(text, len, "%s", cpus[0].model);
    uv_free_cpu_info(cpus, n);
}

char *machine_to_json(void)
{
    struct utsname name;
    struct rlimit files = {0};
    char cpu[256];
    uname(&name);
    getrlimit(RLIMIT_NOFILE, &files);
    cpu_model(cpu, sizeof cpu);
    json_int_t memory_kb =
        (json_int_t)sysconf(_SC_PHYS_PAGES) * (json_int_t)(sysconf(_SC_PAGESIZE) / 1024);
    json_t *object =
        json_pack("{s:s, s:s, s:s, s:s, s:i, s:I, s:I}", "netbaton", NETBATON_VERSION, "system",
                  name.sysname, "kernel", name.release, "cpu", cpu, "cores", (int)machine_cores(),
                  "memory_kb", memory_kb, "open_files", (json_int_t)files.rlim_cur);
    char *text = json_dumps(object, JSON_INDENT(2));
    json_decref(object);
    return text;
}

char *machine_own_path(void)
{
    char path[4096];
    size_t len = sizeof path;
    return alloc_strdup(uv_exepath(path, &len) == 0 ? path : "netbaton");
}
