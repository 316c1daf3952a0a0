using System.Buffers.Binary;
using System.Numerics;
using Tenon.Core.Backend;
using Tenon.Sdk.Wgsl;

namespace Tenon.Plugins.WebGpu.Native;

/// <summary>The structure of limits, as the library has written it. A device is asked for with all that the adapter has.</summary>
internal sealed class Limits
{
    /// <summary>More than any version writes.</summary>
    public const int Bytes = 512;

    /// <summary>The bytes.</summary>
    public byte[] Data { get; } = new byte[Bytes];

    /// <summary>What shaders may have. Subgroups and f16 are not limits.</summary>
    public WgslLimits ForShaders => new()
    {
        StorageBuffers = (int)Math.Min(UInt32(52), UInt32(32) - 1),
        BindingBytes = (long)Math.Min(UInt64(72), int.MaxValue),
        BufferBytes = (long)Math.Min(UInt64(96), long.MaxValue),
        OffsetAlignment = Math.Max((int)UInt32(84), 256),
        WorkgroupBytes = (int)UInt32(124),
        Invocations = (int)UInt32(128),
        WorkgroupSize = new GridSize(UInt32(132), UInt32(136), UInt32(140)),
        Workgroups = (int)UInt32(144),
    };

    /// <summary>Null if the numbers are where they are expected, and can be limits; else what was found.</summary>
    public string? Doubt()
    {
        var (dimension, alignment, buffer, invocations, groups) = (UInt32(8), UInt32(84), UInt64(96), UInt32(128), UInt32(144));
        var isPlausible = dimension is >= 2048 and <= 1 << 20 && alignment is >= 4 and <= 4096 && BitOperations.IsPow2(alignment)
            && buffer >= 1 << 26 && invocations is >= 64 and <= 1 << 16 && groups >= 65535;
        return isPlausible ? null : $"limits {dimension}, {alignment}, {buffer}, {invocations}, {groups} where textures, alignment, buffers, invocations and workgroups are expected";
    }

    private uint UInt32(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(Data.AsSpan(offset));

    private ulong UInt64(int offset) => BinaryPrimitives.ReadUInt64LittleEndian(Data.AsSpan(offset));
}
