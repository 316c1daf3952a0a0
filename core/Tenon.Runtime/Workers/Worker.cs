using System.Collections.Concurrent;
using System.Diagnostics;
using System.IO.Pipes;
using System.Runtime.InteropServices;

namespace Tenon.Runtime;

/// <summary>What a process does that was started to work for another one, which tells it what to do until it ends: see <see cref="WorkerProcess"/>.</summary>
internal abstract class Worker : IDisposable
{
    private Stream _output = Stream.Null;

    /// <summary>Works until the pipe ends; never returns.</summary>
    /// <param name="pipes">The handles of the pipes to read from and to write to.</param>
    public void Run(string pipes)
    {
        // Ctrl-C is the other process's to handle.
        using var ignored = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => signal.Cancel = true);
        var handles = pipes.Split(' ');
        using var input = new AnonymousPipeClientStream(PipeDirection.In, handles[0]);
        using var output = new AnonymousPipeClientStream(PipeDirection.Out, handles[1]);
        using var messages = new BlockingCollection<(byte Kind, int Number, BinaryReader Content)>();
        _output = output;

        // What is running may hang, so the end is heard by another thread.
        new Thread(() =>
        {
            while (WorkerPipe.Read(input) is { } message)
            {
                messages.Add(message);
            }

            Process.GetCurrentProcess().Kill();
        })
        { IsBackground = true }.Start();

        foreach (var (kind, number, content) in messages.GetConsumingEnumerable())
        {
            Handle(kind, number, content);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Does what a message asks for.</summary>
    protected abstract void Handle(byte kind, int number, BinaryReader content);

    /// <summary>Answers the message of this number.</summary>
    protected void Answer(byte kind, int number, Action<BinaryWriter> content) => WorkerPipe.Write(_output, kind, number, content);

    /// <summary>Closes what is open.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }
}
