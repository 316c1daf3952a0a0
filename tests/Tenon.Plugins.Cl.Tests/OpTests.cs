using Tenon.Core.Backend;
using Tenon.Tests.Shared;

namespace Tenon.Plugins.Cl.Tests;

/// <summary>Every op that the device claims on corner values.</summary>
internal sealed class OpTests
{
    private Device _device = null!;

    [OneTimeSetUp]
    public void Open() => _device = TestHost.Open();

    [OneTimeTearDown]
    public void Close() => _device?.Dispose();

    [Test]
    public void OpsMatchDotNet()
    {
        var differences = new System.Collections.Concurrent.ConcurrentBag<string>();
        Parallel.ForEach(OpCases.For(_device.CodeGenerators[0].Target), test =>
        {
            var buffers = test.Buffers;
            KernelRunner.Run(_device, test.Program, [], buffers);
            foreach (var difference in test.Differences(buffers).Take(5))
            {
                differences.Add(difference);
            }
        });
        Assert.That(differences, Is.Empty, string.Join('\n', differences));
    }
}
