using Tenon.Runtime;
using Tenon.State;

namespace Tenon.Tests;

/// <summary>Quantised weights are unpacked where they are used.</summary>
internal sealed class PackedWeightTests
{
    [TestCase(GgmlType.Q4_0)]
    [TestCase(GgmlType.Q8_0)]
    [TestCase(GgmlType.Q4_K)]
    [TestCase(GgmlType.Q6_K)]
    [TestCase(GgmlType.IQ4_XS)]
    [TestCase(GgmlType.MXFP4)]
    [TestCase(GgmlType.TQ1_0)]
    public void AProductUnpacksItsWeightsAsItReadsThem(GgmlType type)
    {
        var format = GgmlFormat.Find(type)!;
        var raw = Tensor.From<byte>(new byte[32 * 256 / format.BlockSize * format.BlockBytes], [32, 256 / format.BlockSize * format.BlockBytes]);
        var product = Tensor.Ones(1, 256).MatMul(GgufTensor.Dequantize(raw, type).Transpose(0, 1));
        var schedule = TenonRuntime.Default.Schedule([(product.Node, TenonRuntime.Default.Devices.Default)]);
        Assert.That(schedule.Calls, Has.Count.EqualTo(1));
        Assert.That(schedule.ArenaBytes.Values.Sum(), Is.Zero);
        Assert.That(product.ToArray<float>(), Is.All.Zero);
    }
}
