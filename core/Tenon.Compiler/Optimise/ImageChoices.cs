using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>Which parameters of a kernel may be read as images.</summary>
internal static class ImageChoices
{
    /// <summary>The parameters that may be made images next.</summary>
    public static IEnumerable<Opt> Of(UOp kernel, CodeGeneratorView target) => target.Images is null ? [] :
        kernel.TopologicalOrder().Where(u => u.Op == Ops.Param).Select(u => u.ArgAs<ParamArg>().Slot).Order().Where(slot => WhyNot(kernel, slot, target) is null).Select(slot => new Opt(OptKind.Image, -1, slot));

    /// <summary>Why a parameter of a kernel can't be an image, whatever its loops become; null if it can.</summary>
    public static string? WhyNot(UOp kernel, int slot, CodeGeneratorView target)
    {
        var (order, wanted) = (kernel.TopologicalOrder(), kernel.ArgAs<KernelArg>().Images);
        return target.Images is not { } limits ? "the device has no images"
            : wanted.Contains(slot) ? "it is one already"
            : wanted.Count >= limits.MaxImages ? $"a kernel has at most {limits.MaxImages} images"
            : order.Find(u => u.Op == Ops.Param && u.ArgAs<ParamArg>().Slot == slot) is not { } param ? "the kernel doesn't have that parameter"
            : !limits.DTypes.Contains(param.DType) ? $"images have elements of {string.Join(" or ", limits.DTypes)}"
            : order.Exists(u => u.Op == Ops.Store && u[0].Memory == param) ? "the kernel writes it"
            : ImageSizes.Of(param.ArgAs<ParamArg>().Size, [], limits).Count == 0 ? $"no image of at most {limits.MaxWidth} x {limits.MaxHeight} texels has its {param.ArgAs<ParamArg>().Size} elements"
            : null;
    }
}
