using System.Reflection;
using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Runtime.Tests;

public sealed class CacheKeyTests
{
    private static readonly UOp Graph = UOp.Sink([UOp.Const(DType.Float32, 1)]);
    private static readonly CodeGeneratorTarget Target = new() { Fingerprint = "some", VectorBytes = 32, DTypes = new Dictionary<DType, DTypeSupport> { [DType.Float32] = DTypeSupport.Storage | DTypeSupport.Vector } };

    [Test]
    public void EverythingThatADeviceSaysOfItselfIsPartOfTheKey()
    {
        var before = CacheKey.OfSchedule(Graph, Some(), Target, "compiler");
        Assert.That(CacheKey.OfSchedule(Graph, Some(), Target, "compiler"), Is.EqualTo(before));
        foreach (var property in typeof(Capabilities).GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var other = Some();
            property.SetValue(other, property.GetValue(other) switch
            {
                int i => i - 1,
                long l => l - 1,
                bool b => !b,
                IReadOnlyDictionary<DType, DTypeSupport> => new Dictionary<DType, DTypeSupport> { [DType.Float32] = DTypeSupport.Storage },
                WorkgroupLimits w => w with { MaxLanesPerGroup = w.MaxLanesPerGroup - 1 },
                ImageLimits image => image with { MaxWidth = image.MaxWidth - 1 },
                var value => throw new NotSupportedException($"How does a {value?.GetType()} change?"),
            });
            Assert.That(CacheKey.OfSchedule(Graph, other, Target, "compiler"), Is.Not.EqualTo(before), property.Name);
        }
    }

    [Test]
    public void GraphAndCompilerArePartOfTheKey()
    {
        var before = CacheKey.OfSchedule(Graph, Some(), Target, "compiler");
        Assert.That(CacheKey.OfSchedule(Graph, Some(), Target, "another"), Is.Not.EqualTo(before));
        Assert.That(CacheKey.OfSchedule(UOp.Sink([UOp.Const(DType.Float32, 2)]), Some(), Target, "compiler"), Is.Not.EqualTo(before));
    }

    [Test]
    public void WhatVectorsTheCodeGeneratorHasIsPartOfTheKey()
    {
        var masked = Target with { DTypes = new Dictionary<DType, DTypeSupport> { [DType.Float32] = Target.DTypes[DType.Float32] | DTypeSupport.MaskedLoad } };
        string[] keys = [.. new[] { null, Target, masked, Target with { VectorBytes = 16 } }.Select(t => CacheKey.OfSchedule(Graph, Some(), t, "compiler"))];
        Assert.That(keys, Is.Unique);
    }

    private static Capabilities Some() => new()
    {
        DTypes = DType.Native.ToDictionary(d => d, _ => DTypeSupport.Storage | DTypeSupport.Arithmetic),
        Workgroups = new WorkgroupLimits { MaxGroups = new GridSize(65535, 65535, 65535), MaxLanes = new GridSize(256, 256, 64), MaxLanesPerGroup = 256 },
        Images = new ImageLimits { DTypes = [DType.Float32], MaxWidth = 16384 },
    };
}
