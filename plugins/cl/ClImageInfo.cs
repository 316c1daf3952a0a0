using Tenon.Core;
using Tenon.Core.Backend;
using Tenon.Plugins.Cl.Native;
using Tenon.Sdk.CStyle;
using static Tenon.Plugins.Cl.Native.ClConstants;

namespace Tenon.Plugins.Cl;

/// <summary>What a device says of images.</summary>
/// <param name="MaxLine">Texels of a buffer that is read as one row.</param>
/// <param name="MaxWidth">Texels of a row, where there may be several.</param>
/// <param name="MaxHeight">Rows.</param>
/// <param name="MaxImages">Images that a kernel reads.</param>
/// <param name="HasPlanes">Whether buffers can be read as several rows where they lie.</param>
/// <param name="PitchTexels">Of what the texels of such a row are a multiple.</param>
/// <param name="BaseTexels">At a multiple of how many texels such an image begins.</param>
internal sealed record ClImageInfo(long MaxLine, long MaxWidth, long MaxHeight, int MaxImages, bool HasPlanes, int PitchTexels, int BaseTexels)
{
    /// <summary>Asks a device.</summary>
    public static ClImageInfo? Read(ClLibrary library, nint device, IReadOnlySet<string> extensions)
    {
        var info = new ClImageInfo(
            (long)library.GetDevice<nuint>(device, CL_DEVICE_IMAGE_MAX_BUFFER_SIZE),
            (long)library.GetDevice<nuint>(device, CL_DEVICE_IMAGE2D_MAX_WIDTH),
            (long)library.GetDevice<nuint>(device, CL_DEVICE_IMAGE2D_MAX_HEIGHT),
            library.GetDevice<int>(device, CL_DEVICE_MAX_READ_IMAGE_ARGS),
            extensions.Contains("cl_khr_image2d_from_buffer"),
            Math.Max(1, library.GetDevice<int>(device, CL_DEVICE_IMAGE_PITCH_ALIGNMENT)),
            Math.Max(1, library.GetDevice<int>(device, CL_DEVICE_IMAGE_BASE_ADDRESS_ALIGNMENT)));
        return library.GetDevice<uint>(device, CL_DEVICE_IMAGE_SUPPORT) != 0 && info is { MaxLine: > 0, MaxWidth: > 0, MaxHeight: > 0, MaxImages: > 0 } ? info : null;
    }

    /// <summary>What kernels read buffers as.</summary>
    public OpenCLImages Form(ClImageUse use) => use == ClImageUse.Off ? OpenCLImages.None : HasPlanes || use == ClImageUse.Copy ? OpenCLImages.Planes : OpenCLImages.Lines;

    /// <summary>What the compiler is told; null where images are not used.</summary>
    public ImageLimits? Limits(ClImageUse use) => Form(use) switch
    {
        OpenCLImages.None => null,
        var form => new ImageLimits
        {
            DTypes = [DType.Float32, DType.Float16],
            MaxWidth = Math.Min(int.MaxValue, form == OpenCLImages.Lines ? MaxLine : MaxWidth),
            MaxHeight = form == OpenCLImages.Lines ? 1 : MaxHeight,
            RowTexels = HasPlanes ? PitchTexels : 1,
            HasBorder = form == OpenCLImages.Planes,
            MaxImages = MaxImages,
            ArePreferred = use is ClImageUse.Prefer or ClImageUse.Copy,
        },
    };
}

/// <summary>Whether kernels read buffers as images.</summary>
internal enum ClImageUse
{
    /// <summary>Where a search finds that it pays.</summary>
    Auto,

    /// <summary>Wherever they can.</summary>
    Prefer,

    /// <summary>Wherever they can, as images of several rows, which are copied for each launch where there are none of buffers.</summary>
    Copy,

    /// <summary>Never.</summary>
    Off,
}
