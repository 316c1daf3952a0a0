using System.Runtime.InteropServices;
using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Sdk.Interpreter;

/// <summary>Each lane that is on reads a texel of a buffer that is an image.</summary>
internal sealed class TexelStep(MemoryAccess access, ImageSize size, bool hasBorder, Register x, Register y, Register<float> result) : Step
{
    public override void Run()
    {
        var (region, bytes) = (access.Region, ImageSize.TexelElements * access.Region.DType.Bytes);
        for (var lane = 0; lane < access.Lockstep.Width; lane++)
        {
            if (!access.Lockstep.IsOn[lane])
            {
                continue;
            }

            var (column, row) = (Of(x, lane), Of(y, lane));
            var to = result.Values.AsSpan(lane * ImageSize.TexelElements, ImageSize.TexelElements);
            if (column < 0 || column >= size.Width || row < 0 || row >= size.Height)
            {
                if (!hasBorder)
                {
                    throw access.Fault("TEN4201", lane, $"reads texel ({column}, {row}) of {region.Name}, an image of {size.Width} x {size.Height}.");
                }

                to.Clear();
                continue;
            }

            var at = access.Locate(lane, (row * size.Width + column) * ImageSize.TexelElements, ImageSize.TexelElements);
            if (region.ChecksReads)
            {
                region.OnRead(access, lane, at, bytes);
            }

            var texel = region.Bytes.AsSpan(at, bytes);
            for (var i = 0; i < to.Length; i++)
            {
                to[i] = region.DType == DType.Float16 ? (float)MemoryMarshal.Cast<byte, Half>(texel)[i] : MemoryMarshal.Cast<byte, float>(texel)[i];
            }
        }
    }

    private static long Of(Register register, int lane) => register is Register<int> narrow ? narrow.Values[lane] : ((Register<long>)register).Values[lane];
}
