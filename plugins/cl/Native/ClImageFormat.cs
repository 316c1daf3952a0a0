using System.Runtime.InteropServices;

namespace Tenon.Plugins.Cl.Native;

/// <summary>OpenCL's <c>cl_image_format</c>.</summary>
/// <param name="Order">Which numbers a texel has.</param>
/// <param name="Type">What each of them is.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct ClImageFormat(uint Order, uint Type);

/// <summary>A place in an image, or a size, as OpenCL has them.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct ClPlace(nuint X, nuint Y, nuint Z);

/// <summary>OpenCL's <c>cl_image_desc</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ClImageDescription
{
    public uint Type;
    public nuint Width;
    public nuint Height;
    public nuint Depth;
    public nuint ArraySize;
    public nuint RowPitch;
    public nuint SlicePitch;
    public uint MipLevels;
    public uint Samples;

    /// <summary>The memory that it is a view of; 0 for its own.</summary>
    public nint Memory;
}
