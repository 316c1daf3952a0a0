namespace Tenon.Plugins.Cl.Native;

/// <summary>The numbers of OpenCL's headers that are used here, under their own names.</summary>
internal static class ClConstants
{
    public const int CL_SUCCESS = 0;
    public const int CL_DEVICE_NOT_FOUND = -1;
    public const int CL_DEVICE_NOT_AVAILABLE = -2;
    public const int CL_MEM_OBJECT_ALLOCATION_FAILURE = -4;
    public const int CL_OUT_OF_RESOURCES = -5;
    public const int CL_OUT_OF_HOST_MEMORY = -6;
    public const int CL_BUILD_PROGRAM_FAILURE = -11;
    public const int CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST = -14;
    public const int CL_INVALID_CONTEXT = -34;
    public const int CL_INVALID_COMMAND_QUEUE = -36;
    public const int CL_INVALID_BUFFER_SIZE = -61;
    public const int CL_PLATFORM_NOT_FOUND_KHR = -1001;

    /// <summary>What the driver of NVIDIA gives after a kernel has written where it may not.</summary>
    public const int NV_ILLEGAL_ACCESS = -9999;

    public const uint CL_PLATFORM_NAME = 0x0902;

    public const ulong CL_DEVICE_TYPE_CPU = 2;
    public const ulong CL_DEVICE_TYPE_GPU = 4;
    public const ulong CL_DEVICE_TYPE_ACCELERATOR = 8;
    public const ulong CL_DEVICE_TYPE_ALL = 0xFFFFFFFF;

    public const uint CL_DEVICE_TYPE = 0x1000;
    public const uint CL_DEVICE_MAX_COMPUTE_UNITS = 0x1002;
    public const uint CL_DEVICE_MAX_WORK_GROUP_SIZE = 0x1004;
    public const uint CL_DEVICE_MAX_WORK_ITEM_SIZES = 0x1005;
    public const uint CL_DEVICE_MAX_MEM_ALLOC_SIZE = 0x1010;
    public const uint CL_DEVICE_MAX_READ_IMAGE_ARGS = 0x100E;
    public const uint CL_DEVICE_IMAGE2D_MAX_WIDTH = 0x1011;
    public const uint CL_DEVICE_IMAGE2D_MAX_HEIGHT = 0x1012;
    public const uint CL_DEVICE_IMAGE_SUPPORT = 0x1016;
    public const uint CL_DEVICE_MAX_PARAMETER_SIZE = 0x1017;
    public const uint CL_DEVICE_MEM_BASE_ADDR_ALIGN = 0x1019;
    public const uint CL_DEVICE_SINGLE_FP_CONFIG = 0x101B;
    public const uint CL_DEVICE_GLOBAL_MEM_CACHE_SIZE = 0x101E;
    public const uint CL_DEVICE_LOCAL_MEM_TYPE = 0x1022;
    public const uint CL_DEVICE_LOCAL_MEM_SIZE = 0x1023;
    public const uint CL_DEVICE_ENDIAN_LITTLE = 0x1026;
    public const uint CL_DEVICE_AVAILABLE = 0x1027;
    public const uint CL_DEVICE_COMPILER_AVAILABLE = 0x1028;
    public const uint CL_DEVICE_NAME = 0x102B;
    public const uint CL_DRIVER_VERSION = 0x102D;
    public const uint CL_DEVICE_PROFILE = 0x102E;
    public const uint CL_DEVICE_VERSION = 0x102F;
    public const uint CL_DEVICE_EXTENSIONS = 0x1030;
    public const uint CL_DEVICE_DOUBLE_FP_CONFIG = 0x1032;
    public const uint CL_DEVICE_HOST_UNIFIED_MEMORY = 0x1035;
    public const uint CL_DEVICE_NATIVE_VECTOR_WIDTH_FLOAT = 0x103A;
    public const uint CL_DEVICE_IMAGE_MAX_BUFFER_SIZE = 0x1040;
    public const uint CL_DEVICE_IMAGE_PITCH_ALIGNMENT = 0x104A;
    public const uint CL_DEVICE_IMAGE_BASE_ADDRESS_ALIGNMENT = 0x104B;
    public const uint CL_DEVICE_PREFERRED_WORK_GROUP_SIZE_MULTIPLE = 0x1067;
    public const uint CL_DEVICE_WARP_SIZE_NV = 0x4003;
    public const uint CL_DEVICE_WAVEFRONT_WIDTH_AMD = 0x4043;
    public const uint CL_DEVICE_SUB_GROUP_SIZES_INTEL = 0x4108;

    public const ulong CL_FP_FMA = 1 << 5;
    public const uint CL_LOCAL = 1;
    public const ulong CL_FP_CORRECTLY_ROUNDED_DIVIDE_SQRT = 1 << 7;

    public const ulong CL_QUEUE_PROFILING_ENABLE = 2;

    public const ulong CL_MEM_READ_WRITE = 1;
    public const ulong CL_MEM_READ_ONLY = 1 << 2;
    public const ulong CL_MEM_ALLOC_HOST_PTR = 1 << 4;
    public const ulong CL_MAP_WRITE = 2;
    public const ulong CL_MIGRATE_MEM_OBJECT_CONTENT_UNDEFINED = 2;

    public const uint CL_MEM_OBJECT_IMAGE2D = 0x10F1;
    public const uint CL_MEM_OBJECT_IMAGE1D_BUFFER = 0x10F6;
    public const uint CL_BUFFER_CREATE_TYPE_REGION = 0x1220;
    public const uint CL_RGBA = 0x10B5;
    public const uint CL_HALF_FLOAT = 0x10DD;
    public const uint CL_FLOAT = 0x10DE;

    public const uint CL_PROGRAM_BINARY_SIZES = 0x1165;
    public const uint CL_PROGRAM_BINARIES = 0x1166;
    public const uint CL_PROGRAM_BUILD_LOG = 0x1183;

    public const uint CL_KERNEL_WORK_GROUP_SIZE = 0x11B0;

    public const uint CL_EVENT_COMMAND_EXECUTION_STATUS = 0x11D3;
    public const int CL_COMPLETE = 0;

    public const uint CL_PROFILING_COMMAND_START = 0x1282;
    public const uint CL_PROFILING_COMMAND_END = 0x1283;
}
