using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Tenon.Runtime.Tests;

[NonParallelizable]
public sealed class EventTests
{
    [Test]
    public void SpansNest()
    {
        var spans = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = s => s.Name is "Tenon.Runtime" or "Tenon.Backend",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = spans.Add,
        };
        ActivitySource.AddActivityListener(listener);
        using var runtime = Graphs.Runtime();
        runtime.Realize(runtime.Buffer(1, 2).Add(runtime.Buffer(3, 4)));
        Assert.That(spans.Select(s => s.OperationName), Is.EqualTo(new[] { "tenon.device.open", "tenon.schedule", "tenon.compile", "tenon.load", "tenon.prepare", "tenon.realize" }));
        Assert.That(spans.Single(s => s.OperationName == "tenon.compile").Parent!.OperationName, Is.EqualTo("tenon.prepare"));
    }

    [Test]
    public void MetricsCount()
    {
        var counts = new Dictionary<string, double>();
        using var listener = new MeterListener { InstrumentPublished = (i, l) => { if (i.Meter.Name == "Tenon.Runtime") { l.EnableMeasurementEvents(i); } } };
        listener.SetMeasurementEventCallback<long>((i, n, _, _) => counts[i.Name] = counts.GetValueOrDefault(i.Name) + n);
        listener.SetMeasurementEventCallback<double>((i, _, _, _) => counts[i.Name] = counts.GetValueOrDefault(i.Name) + 1);
        listener.Start();
        using var runtime = Graphs.Runtime();
        for (var i = 0; i < 3; i++)
        {
            runtime.Realize(runtime.Buffer(i, 2).Add(runtime.Buffer(3, 4)));
        }

        Assert.That(counts, Is.EquivalentTo(new Dictionary<string, double>
        {
            ["tenon.realize.duration"] = 3,
            ["tenon.schedule.duration"] = 1,
            ["tenon.schedules"] = 3,
            ["tenon.kernels"] = 1,
        }));
    }

    [Test]
    public void ApplicationsFindDebugOutputInTheirLog()
    {
        var log = new ListLogger();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("cache:enabled", "false"), new("debug", "1")]).Build();
        using var provider = new ServiceCollection()
            .AddLogging(l => l.AddProvider(log))
            .AddSingleton(new PluginRegistration("null", new FakePlugin("NIL")))
            .AddTenon(configuration)
            .BuildServiceProvider();
        var runtime = provider.GetRequiredService<TenonRuntime>();
        var (a, b) = (runtime.BufferOn("NIL", 1, 2), runtime.BufferOn("NIL", 3, 4));

        // The fake can't run what the real compiler makes; the schedule is logged before it tries.
        runtime.Schedule([(a.Add(b), "NIL")]);
        Assert.That(log.Lines, Has.Some.StartsWith("schedule: 1 kernels"));
    }

    private sealed class ListLogger : ILoggerProvider, ILogger
    {
        public List<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Lines.Add(formatter(state, exception));

        public void Dispose()
        {
        }
    }
}
