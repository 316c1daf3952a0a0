using Tenon.Runtime;

namespace Tenon.Onnx.Tests;

/// <summary>All tests of this assembly run on the device that <c>TENON_DEVICE</c> names, by default that of plugins.json, and cache nothing.</summary>
[SetUpFixture]
internal sealed class RuntimeSetup
{
    [OneTimeSetUp]
    public void UseDevice() => TenonRuntime.Default = new TenonRuntimeBuilder(
        TenonConfiguration.Load(overrides: [new("cache:enabled", Environment.GetEnvironmentVariable("TENON_ONNX_CACHE") is null ? "false" : "true")])).Build();

    [OneTimeTearDown]
    public void Close() => TenonRuntime.Default.Dispose();
}
