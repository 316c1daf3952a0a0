namespace Tenon.Tests;

/// <summary>All tests of this assembly run on the naive evaluator.</summary>
[SetUpFixture]
internal sealed class ExecutorSetup
{
    private TensorExecutor _before = TensorExecutor.Current;

    [OneTimeSetUp]
    public void UseNaiveExecutor()
    {
        _before = TensorExecutor.Current;
        TensorExecutor.Current = new NaiveExecutor();
    }

    [OneTimeTearDown]
    public void Restore() => TensorExecutor.Current = _before;
}
