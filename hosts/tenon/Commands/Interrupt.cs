using System.Runtime.InteropServices;

namespace Tenon.Cli.Commands;

/// <summary>Turns the first Ctrl-C into a request to stop; the second ends the process as usual.</summary>
internal sealed class Interrupt : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration _registration;

    public Interrupt()
    {
        _registration = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal =>
        {
            signal.Cancel = !_source.IsCancellationRequested;
            _source.Cancel();
        });
    }

    /// <summary>Cancelled by Ctrl-C.</summary>
    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        _registration.Dispose();
        _source.Dispose();
    }
}
