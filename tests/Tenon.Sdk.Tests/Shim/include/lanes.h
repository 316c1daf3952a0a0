// Groups of lanes on a processor: each lane is a context of its own, and runs until it waits for others.
#pragma once
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

namespace shim {

struct size { unsigned x, y, z; };

enum state { ready, at_barrier, in_exchange, done };

struct lane_context { ucontext_t context; char* stack; state waits; unsigned word; };

inline size group, lane;                 // of the lane that runs
inline unsigned number, subgroup_size;   // its number in the group, and the lanes of a subgroup
inline lane_context* lanes;
inline unsigned lane_count;
inline ucontext_t scheduler;
inline const char* error;
inline void (*body)(void*);
inline void* argument;

constexpr size_t stack_bytes = 128 << 10;

inline void wait(state what)
{
    unsigned self = number;
    lanes[self].waits = what;
    swapcontext(&lanes[self].context, &scheduler);
}

inline void barrier() { wait(at_barrier); }

inline unsigned lane_in_subgroup() { return number % subgroup_size; }

// The word of another lane of the subgroup.
inline unsigned pull(unsigned word, unsigned from)
{
    unsigned first = number / subgroup_size * subgroup_size, source = first + from % subgroup_size;
    lanes[number].word = word;
    wait(in_exchange);
    if (source >= lane_count) { error = "a lane asks one that doesn't exist"; source = number; }
    unsigned result = lanes[source].word;
    wait(in_exchange);
    return result;
}

inline void enter()
{
    body(argument);
    wait(done);
}

inline size place(unsigned i, size s) { return {i % s.x, i / s.x % s.y, i / s.x / s.y}; }

inline bool all_are(state what, unsigned first, unsigned end)
{
    for (unsigned i = first; i < end; i++) if (lanes[i].waits != what) return false;
    return true;
}

inline bool release(state what, unsigned first, unsigned end)
{
    if (!all_are(what, first, end)) return false;
    for (unsigned i = first; i < end; i++) lanes[i].waits = ready;
    return true;
}

inline bool step(bool backwards, size s)
{
    bool ran = false;
    for (unsigned k = 0; k < lane_count; k++) {
        unsigned i = backwards ? lane_count - 1 - k : k;
        if (lanes[i].waits != ready) continue;
        number = i;
        lane = place(i, s);
        ran = true;
        swapcontext(&scheduler, &lanes[i].context);
    }
    for (unsigned first = 0; first < lane_count; first += subgroup_size) {
        unsigned end = first + subgroup_size < lane_count ? first + subgroup_size : lane_count;
        ran |= release(in_exchange, first, end);
    }
    return release(at_barrier, 0, lane_count) || ran;
}

// Runs a kernel; gives what is wrong with it, or null. Local memory is filled with what no kernel has stored.
inline const char* run(size groups, size s, unsigned subgroup, void* local, size_t local_bytes, void (*kernel)(void*), void* data)
{
    lane_count = s.x * s.y * s.z;
    subgroup_size = subgroup > 0 ? subgroup : 1;
    lanes = (lane_context*)calloc(lane_count, sizeof(lane_context));
    for (unsigned i = 0; i < lane_count; i++) lanes[i].stack = (char*)malloc(stack_bytes);
    error = nullptr;
    body = kernel;
    argument = data;
    unsigned count = groups.x * groups.y * groups.z;
    for (unsigned g = 0; g < count && !error; g++) {
        group = place(g, groups);
        if (local) memset(local, 0xcd, local_bytes);
        for (unsigned i = 0; i < lane_count; i++) {
            getcontext(&lanes[i].context);
            lanes[i].context.uc_stack.ss_sp = lanes[i].stack;
            lanes[i].context.uc_stack.ss_size = stack_bytes;
            makecontext(&lanes[i].context, enter, 0);
            lanes[i].waits = ready;
        }
        bool backwards = g % 2 != 0;
        while (!all_are(done, 0, lane_count) && !error) {
            // Whoever runs first must not matter.
            if (!step(backwards, s)) error = "not all lanes come to a barrier or an exchange";
            backwards = !backwards;
        }
    }
    for (unsigned i = 0; i < lane_count; i++) free(lanes[i].stack);
    free(lanes);
    return error;
}

struct any_pointer {
    void* address;
    template <class T> operator T*() const { return (T*)address; }
};

}
