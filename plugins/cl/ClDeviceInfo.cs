using System.Globalization;
using System.Runtime.InteropServices;
using Tenon.Plugins.Cl.Native;
using Tenon.Sdk.CStyle;
using static Tenon.Plugins.Cl.Native.ClConstants;

namespace Tenon.Plugins.Cl;

/// <summary>What a device says of itself, without being opened.</summary>
internal sealed record ClDeviceInfo
{
    private const int LeastVectorBytes = 16;
    private const int MostVectorBytes = 64;

    /// <summary>OpenCL's handle.</summary>
    public required nint Handle { get; init; }

    /// <summary>The platform's name: that of the driver.</summary>
    public required string PlatformName { get; init; }

    /// <summary>The device's name.</summary>
    public required string Name { get; init; }

    /// <summary>The version that it keeps, such as <c>OpenCL 3.0 PoCL</c>.</summary>
    public required string Version { get; init; }

    /// <summary>The driver's own version.</summary>
    public required string Driver { get; init; }

    /// <summary>The extensions that it has.</summary>
    public required IReadOnlySet<string> Extensions { get; init; }

    /// <summary>OpenCL's bits for what it is.</summary>
    public required ulong Type { get; init; }

    public required int ComputeUnits { get; init; }

    public required long MaxGroupLanes { get; init; }

    public required long[] MaxLanes { get; init; }

    public required long MaxAllocationBytes { get; init; }

    public required long MaxParameterBytes { get; init; }

    public required int AlignmentBits { get; init; }

    public required long LocalBytes { get; init; }

    /// <summary>Whether local memory is a memory of its own.</summary>
    public required bool HasOwnLocalMemory { get; init; }

    public required long CacheBytes { get; init; }

    /// <summary>How many lanes run side by side; 0 if it doesn't say.</summary>
    public required int PreferredLanes { get; init; }

    /// <summary>How many lanes every subgroup has; 0 if it doesn't say, or they differ.</summary>
    public required int SubgroupSize { get; init; }

    /// <summary>How many float32 its vectors have.</summary>
    public required int VectorWidth { get; init; }

    public required bool HasDouble { get; init; }

    /// <summary>Whether float32 is divided, and its root taken, with correct rounding if the compiler is asked for it.</summary>
    public required bool RoundsDivision { get; init; }

    /// <summary>Whether float32 has a product and a sum in one instruction.</summary>
    public required bool HasFma { get; init; }

    /// <summary>Whether its memory is the host's.</summary>
    public required bool SharesMemory { get; init; }

    /// <summary>What it says of images; null if it has none.</summary>
    public required ClImageInfo? Images { get; init; }

    /// <summary>Whether its lanes are those of the vectors of a processor.</summary>
    public bool IsProcessor => (Type & CL_DEVICE_TYPE_CPU) != 0;

    /// <summary>Bytes of the vectors that kernels are written with: a processor's own, elsewhere those that memory is accessed by. None has more than 16 lanes.</summary>
    public int VectorBytes => IsProcessor ? Math.Clamp(sizeof(float) * VectorWidth, LeastVectorBytes, HasHalf ? MostVectorBytes / 2 : MostVectorBytes) : LeastVectorBytes;

    /// <summary>How many vectors a lane may hold. The instruction sets with vectors of 64 bytes have 32 registers for them, and so has Arm's of 64 bits.</summary>
    public int VectorRegisters => IsProcessor && (VectorBytes == MostVectorBytes || RuntimeInformation.ProcessArchitecture == Architecture.Arm64) ? 32 : 16;

    public bool HasHalf => Extensions.Contains("cl_khr_fp16");

    /// <summary>How the lanes of a subgroup exchange values: only where every subgroup has as many.</summary>
    public OpenCLShuffle Shuffle => SubgroupSize == 0 ? OpenCLShuffle.None
        : Extensions.Contains("cl_khr_subgroup_shuffle") ? OpenCLShuffle.Khronos
        : Extensions.Contains("cl_intel_subgroups") ? OpenCLShuffle.Intel
        : OpenCLShuffle.None;

    /// <summary>Why kernels can't run on it, with the code; null if they can.</summary>
    public string? Objection { get; private init; }

    /// <summary>Asks a device.</summary>
    public static ClDeviceInfo Read(ClLibrary library, nint device, string platformName)
    {
        var extensions = library.GetDeviceText(device, CL_DEVICE_EXTENSIONS).Split(' ', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);
        var type = library.GetDevice<ulong>(device, CL_DEVICE_TYPE);
        var floats = library.GetDevice<ulong>(device, CL_DEVICE_SINGLE_FP_CONFIG);
        var subgroup = SubgroupSizeOf(library, device, extensions);
        var info = new ClDeviceInfo
        {
            Handle = device,
            PlatformName = platformName,
            Name = library.GetDeviceText(device, CL_DEVICE_NAME),
            Version = library.GetDeviceText(device, CL_DEVICE_VERSION),
            Driver = library.GetDeviceText(device, CL_DRIVER_VERSION),
            Extensions = extensions,
            Type = type,
            ComputeUnits = Math.Max(1, library.GetDevice<int>(device, CL_DEVICE_MAX_COMPUTE_UNITS)),
            MaxGroupLanes = (long)library.GetDevice<nuint>(device, CL_DEVICE_MAX_WORK_GROUP_SIZE),
            MaxLanes = [.. library.GetDeviceList<nuint>(device, CL_DEVICE_MAX_WORK_ITEM_SIZES).Select(n => (long)n)],
            MaxAllocationBytes = Signed(library.GetDevice<ulong>(device, CL_DEVICE_MAX_MEM_ALLOC_SIZE)),
            MaxParameterBytes = (long)library.GetDevice<nuint>(device, CL_DEVICE_MAX_PARAMETER_SIZE),
            AlignmentBits = library.GetDevice<int>(device, CL_DEVICE_MEM_BASE_ADDR_ALIGN),
            LocalBytes = Signed(library.GetDevice<ulong>(device, CL_DEVICE_LOCAL_MEM_SIZE)),
            HasOwnLocalMemory = library.GetDevice<uint>(device, CL_DEVICE_LOCAL_MEM_TYPE) == CL_LOCAL,
            CacheBytes = Signed(library.GetDevice<ulong>(device, CL_DEVICE_GLOBAL_MEM_CACHE_SIZE)),
            PreferredLanes = PreferredLanesOf(library, device, type, subgroup),
            SubgroupSize = subgroup,
            VectorWidth = library.GetDevice<int>(device, CL_DEVICE_NATIVE_VECTOR_WIDTH_FLOAT),
            HasDouble = extensions.Contains("cl_khr_fp64") || library.GetDevice<ulong>(device, CL_DEVICE_DOUBLE_FP_CONFIG) != 0,
            RoundsDivision = (floats & CL_FP_CORRECTLY_ROUNDED_DIVIDE_SQRT) != 0,
            HasFma = (floats & CL_FP_FMA) != 0,
            Images = ClImageInfo.Read(library, device, extensions),
            SharesMemory = library.GetDevice<uint>(device, CL_DEVICE_HOST_UNIFIED_MEMORY) != 0,
        };
        return info with { Objection = FindObjection(library, info) };
    }

    // What a kernel of the compiler needs at least.
    private static string? FindObjection(ClLibrary library, ClDeviceInfo d)
    {
        if (!IsAtLeast12(d.Version))
        {
            return $"TEN4303: {d.Name} ({d.PlatformName}) is not offered: its driver {d.Driver} has '{d.Version}', and 1.2 is the least that will do. Update the driver.";
        }

        var lack = library.GetDevice<uint>(d.Handle, CL_DEVICE_AVAILABLE) == 0 ? "it says that it is not available; another program may have it, or it needs power"
            : library.GetDevice<uint>(d.Handle, CL_DEVICE_COMPILER_AVAILABLE) == 0 ? "its driver has no compiler; install the whole driver"
            : library.GetDeviceText(d.Handle, CL_DEVICE_PROFILE) != "FULL_PROFILE" ? "it has only the embedded profile, without 64-bit integers; use another device"
            : library.GetDevice<uint>(d.Handle, CL_DEVICE_ENDIAN_LITTLE) == 0 ? "its numbers have another order of bytes than the host's; use another device"
            : d.MaxLanes.Length < 3 || d.MaxGroupLanes < 1 || d.MaxLanes.Take(3).Any(n => n < 1) ? $"it allows groups of {d.MaxGroupLanes} work items of {string.Join(" x ", d.MaxLanes)}; update the driver"
            : d.MaxParameterBytes < 256 ? $"its kernels take {d.MaxParameterBytes} bytes of arguments, and 256 are the least that will do; use another device"
            : null;
        return lack is null ? null : $"TEN4304: {d.Name} ({d.PlatformName}) is not offered: {lack}.";
    }

    // "OpenCL <major>.<minor> <what the vendor likes>".
    private static bool IsAtLeast12(string version) =>
        version.Split(' ') is ["OpenCL", var number, ..] && double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value >= 1.2;

    private static int PreferredLanesOf(ClLibrary library, nint device, ulong type, int subgroup) =>
        subgroup > 0 ? subgroup
        : (type & CL_DEVICE_TYPE_CPU) != 0 ? library.GetDevice<int>(device, CL_DEVICE_NATIVE_VECTOR_WIDTH_FLOAT)
        : (int)library.GetDevice<nuint>(device, CL_DEVICE_PREFERRED_WORK_GROUP_SIZE_MULTIPLE);

    // OpenCL itself lets each kernel have another; vendors say more.
    private static int SubgroupSizeOf(ClLibrary library, nint device, HashSet<string> extensions)
    {
        var sizes = library.GetDeviceList<nuint>(device, CL_DEVICE_SUB_GROUP_SIZES_INTEL);
        return extensions.Contains("cl_nv_device_attribute_query") ? library.GetDevice<int>(device, CL_DEVICE_WARP_SIZE_NV)
            : extensions.Contains("cl_amd_device_attribute_query") ? library.GetDevice<int>(device, CL_DEVICE_WAVEFRONT_WIDTH_AMD)
            : sizes.Length == 1 ? (int)sizes[0]
            : 0;
    }

    private static long Signed(ulong bytes) => (long)Math.Min(bytes, long.MaxValue);
}
