using Tenon.Runtime;

namespace Tenon.Tests;

/// <summary>All tests of this assembly run on the CPU of plugins.json, of which there are two.</summary>
[SetUpFixture]
internal sealed class RuntimeSetup
{
    [OneTimeSetUp]
    public void UseTwoDevices() => TenonRuntime.Default = new TenonRuntimeBuilder(
        TenonConfiguration.Load(overrides: [new("plugins:tenon.cpu:devices", "2"), new("cache:enabled", "false")])).Build();

    [OneTimeTearDown]
    public void Close() => TenonRuntime.Default.Dispose();
}
