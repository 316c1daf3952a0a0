using NUnit.Framework.Interfaces;
using NUnit.Framework.Internal;
using Tenon.Core.Backend;
using Tenon.Runtime;

[assembly: Tenon.Tests.StorageNeeds]

namespace Tenon.Tests;

/// <summary>A test that needs a dtype which the device can't store says so instead of failing.</summary>
[AttributeUsage(AttributeTargets.Assembly)]
internal sealed class StorageNeedsAttribute : Attribute, ITestAction
{
    public ActionTargets Targets => ActionTargets.Test;

    public void BeforeTest(ITest test)
    {
    }

    public void AfterTest(ITest test)
    {
        var result = TestExecutionContext.CurrentContext.CurrentResult;
        var device = TenonRuntime.Default.Devices.Open(TenonRuntime.Default.Devices.Default);
        if (result.ResultState.Status == TestStatus.Failed
            && DType.Native.FirstOrDefault(d => !device.Capabilities.DTypes.GetValueOrDefault(d).HasFlag(DTypeSupport.Storage) && result.Message.Contains($"TEN5004: Device {device.Name} can't store {d}", StringComparison.Ordinal)) is { } lacking)
        {
            result.SetResult(ResultState.Ignored, $"The device {device.Name} can't store {lacking}.");
        }
    }
}
