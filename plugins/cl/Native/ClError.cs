using System.Globalization;
using Tenon.Core.Backend;
using static Tenon.Plugins.Cl.Native.ClConstants;

namespace Tenon.Plugins.Cl.Native;

/// <summary>What OpenCL's error codes mean to a user.</summary>
internal static class ClError
{
    private static readonly Dictionary<int, string> Names = new()
    {
        [CL_DEVICE_NOT_FOUND] = "CL_DEVICE_NOT_FOUND",
        [CL_DEVICE_NOT_AVAILABLE] = "CL_DEVICE_NOT_AVAILABLE",
        [-3] = "CL_COMPILER_NOT_AVAILABLE",
        [CL_MEM_OBJECT_ALLOCATION_FAILURE] = "CL_MEM_OBJECT_ALLOCATION_FAILURE",
        [CL_OUT_OF_RESOURCES] = "CL_OUT_OF_RESOURCES",
        [CL_OUT_OF_HOST_MEMORY] = "CL_OUT_OF_HOST_MEMORY",
        [-7] = "CL_PROFILING_INFO_NOT_AVAILABLE",
        [CL_BUILD_PROGRAM_FAILURE] = "CL_BUILD_PROGRAM_FAILURE",
        [-12] = "CL_MAP_FAILURE",
        [-13] = "CL_MISALIGNED_SUB_BUFFER_OFFSET",
        [CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST] = "CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST",
        [-30] = "CL_INVALID_VALUE",
        [-31] = "CL_INVALID_DEVICE_TYPE",
        [-32] = "CL_INVALID_PLATFORM",
        [-33] = "CL_INVALID_DEVICE",
        [CL_INVALID_CONTEXT] = "CL_INVALID_CONTEXT",
        [-35] = "CL_INVALID_QUEUE_PROPERTIES",
        [CL_INVALID_COMMAND_QUEUE] = "CL_INVALID_COMMAND_QUEUE",
        [-38] = "CL_INVALID_MEM_OBJECT",
        [-42] = "CL_INVALID_BINARY",
        [-43] = "CL_INVALID_BUILD_OPTIONS",
        [-44] = "CL_INVALID_PROGRAM",
        [-45] = "CL_INVALID_PROGRAM_EXECUTABLE",
        [-46] = "CL_INVALID_KERNEL_NAME",
        [-47] = "CL_INVALID_KERNEL_DEFINITION",
        [-48] = "CL_INVALID_KERNEL",
        [-49] = "CL_INVALID_ARG_INDEX",
        [-50] = "CL_INVALID_ARG_VALUE",
        [-51] = "CL_INVALID_ARG_SIZE",
        [-52] = "CL_INVALID_KERNEL_ARGS",
        [-53] = "CL_INVALID_WORK_DIMENSION",
        [-54] = "CL_INVALID_WORK_GROUP_SIZE",
        [-55] = "CL_INVALID_WORK_ITEM_SIZE",
        [-57] = "CL_INVALID_EVENT_WAIT_LIST",
        [-58] = "CL_INVALID_EVENT",
        [-59] = "CL_INVALID_OPERATION",
        [CL_INVALID_BUFFER_SIZE] = "CL_INVALID_BUFFER_SIZE",
        [-63] = "CL_INVALID_GLOBAL_WORK_SIZE",
        [CL_PLATFORM_NOT_FOUND_KHR] = "CL_PLATFORM_NOT_FOUND_KHR",
        [NV_ILLEGAL_ACCESS] = "an illegal access to memory",
    };

    /// <summary>The code's name in OpenCL.</summary>
    public static string NameOf(int code) => Names.TryGetValue(code, out var name) ? name : string.Create(CultureInfo.InvariantCulture, $"error {code} of OpenCL");

    /// <summary>Whether nothing can be done with the device after it.</summary>
    public static bool IsLost(int code) => code is CL_DEVICE_NOT_AVAILABLE or CL_INVALID_CONTEXT or CL_INVALID_COMMAND_QUEUE or NV_ILLEGAL_ACCESS;

    /// <summary>Whether it is memory that is lacking.</summary>
    public static bool IsMemory(int code) => code is CL_MEM_OBJECT_ALLOCATION_FAILURE or CL_OUT_OF_HOST_MEMORY or CL_INVALID_BUFFER_SIZE;

    /// <summary>Throws unless a call succeeded.</summary>
    /// <param name="code">What it gave.</param>
    /// <param name="what">What was done, such as "listing the platforms".</param>
    public static void Check(int code, string what)
    {
        if (code != CL_SUCCESS)
        {
            throw Of(code, what);
        }
    }

    /// <summary>The error of a call that failed.</summary>
    public static BackendException Of(int code, string what) => code switch
    {
        _ when IsMemory(code) => new("TEN4307", $"The device has no memory left for {what} ({NameOf(code)}). Use smaller batches, let go of tensors, or lower maxCachedBytes in plugins.json."),
        CL_OUT_OF_RESOURCES => new("TEN4307", $"The device ran out of resources in {what} ({NameOf(code)}): memory, registers or local memory. Use smaller batches; if one kernel does so each time, please report it with its source (--debug 4)."),
        _ when IsLost(code) => new("TEN4308", $"The device was lost in {what} ({NameOf(code)}): its driver was reset or stopped, mostly by a kernel that ran for too long or wrote where it may not. What was in its memory is gone: start the program again, and if it comes back, update the driver or use another device."),
        _ => new("TEN4305", $"OpenCL failed in {what}: {NameOf(code)}. Update the driver, or use another device; if it comes back, please report it."),
    };
}
