using Tenon.Core;
using Tenon.Core.Backend;
using Tenon.Plugins.Interpreter;
using Tenon.Tests.Shared;

namespace Tenon.Sdk.Tests.Interpreter;

internal sealed class InterpreterSettingsTests
{
    [Test]
    public void SettingsAreWhatTheDeviceClaims()
    {
        using var device = Open(("lanes", "64"), ("subgroup", "16"), ("local", "1024"), ("vector", "0"), ("buffers", "4"), ("cores", "sm_80"), ("preferred", "8"), ("memory", "slow"));
        var target = device.CodeGenerators[0].Target;
        Assert.Multiple(() =>
        {
            Assert.That(device.Capabilities.Workgroups!.MaxLanesPerGroup, Is.EqualTo(64));
            Assert.That(device.Capabilities.Workgroups.SubgroupSize, Is.EqualTo(16));
            Assert.That((device.Capabilities.Workgroups.PreferredLanes, device.Capabilities.Workgroups.LocalMemoryIsFast), Is.EqualTo((8, false)));
            Assert.That(device.Capabilities.LocalBytes, Is.EqualTo(1024));
            Assert.That(device.Capabilities.MaxBuffers, Is.EqualTo(4));
            Assert.That(target.VectorBytes, Is.Zero);
            Assert.That(target.ExtraOps, Has.Member(Ops.Wmma));
            Assert.That(target.TensorCores, Has.Count.EqualTo(6));
        });
        using var plain = Open(("workgroups", "false"));
        Assert.That((plain.Capabilities.Workgroups, plain.CodeGenerators[0].Target.ExtraOps.Contains(Ops.Barrier)), Is.EqualTo(((WorkgroupLimits?)null, false)));
    }

    [TestCase("lane", "64", "no setting 'lane'")]
    [TestCase("lanes", "0", "Expected a number from 1")]
    [TestCase("subgroup", "33", "Expected a power of two")]
    [TestCase("vector", "8", "0, 16, 32 or 64")]
    [TestCase("undefined", "maybe", "Expected error or allow")]
    [TestCase("cores", "sm_1", "such as sm_75")]
    public void WrongSettingsAreErrors(string key, string value, string message)
    {
        var error = Assert.Throws<BackendException>(() => Open((key, value)))!;
        Assert.That(error.Code, Is.EqualTo("TEN4200"));
        Assert.That(error.Message, Does.Contain(message));
    }

    private static Device Open(params (string Key, string Value)[] settings)
    {
        var (plugin, host) = (new InterpreterPlugin(), new SettingsHost(settings));
        return plugin.Open(plugin.EnumerateDevices(host)[0], host);
    }
}
