using System.Collections.Concurrent;
using System.Diagnostics;
using System.IO.Pipes;
using System.Text;
using Tenon.Compiler;

namespace Tenon.Runtime;

/// <summary>A worker has ended, or didn't answer in time: what was asked of it is to blame.</summary>
internal sealed class WorkerFailure(RejectReason reason, string detail) : Exception(detail)
{
    public Rejection Rejection { get; } = new(reason, detail);
}

/// <summary>A process that works for this one, as seen by the one that started it.</summary>
internal sealed class WorkerProcess : IDisposable
{
    // How a system ends a program when memory runs out.
    private const int KilledExitCode = 137;
    private const int KeptOutput = 2000;

    // From the end of its pipe to the end of a process, which may have much to say first.
    private static readonly TimeSpan Ending = TimeSpan.FromMinutes(1);
    private readonly TimeProvider _clock;
    private readonly Process _process;
    private readonly AnonymousPipeServerStream _toWorker;
    private readonly AnonymousPipeServerStream _fromWorker;
    private readonly ConcurrentDictionary<int, TaskCompletionSource<BinaryReader>> _asked = new();
    private readonly StringBuilder _errors = new();
    private int _next;
    private volatile WorkerFailure? _failure;

    private WorkerProcess(Process process, AnonymousPipeServerStream toWorker, AnonymousPipeServerStream fromWorker, TimeProvider clock)
    {
        (_process, _toWorker, _fromWorker, _clock) = (process, toWorker, fromWorker, clock);
        process.ErrorDataReceived += (_, e) => Keep(e.Data);
        process.OutputDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        process.StandardInput.Close();
        new Thread(Listen) { IsBackground = true, Name = "worker" }.Start();
    }

    public int Id => _process.Id;

    public bool HasEnded => _failure is not null;

    /// <summary>Starts a worker.</summary>
    /// <param name="command">How this program is started once more.</param>
    /// <param name="worker">The <see cref="Worker"/> that takes the place of its Main.</param>
    /// <param name="clock">What its deadlines go by.</param>
    /// <exception cref="WorkerFailure">It can't be started.</exception>
    public static WorkerProcess Start(ProcessStartInfo command, Type worker, TimeProvider clock)
    {
        var toWorker = new AnonymousPipeServerStream(PipeDirection.Out, HandleInheritability.Inheritable);
        var fromWorker = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.Inheritable);
        try
        {
            command.Environment[WorkerCommand.Variable] = $"{worker.Assembly.GetName().Name}|{worker.FullName}|{toWorker.GetClientHandleAsString()} {fromWorker.GetClientHandleAsString()}";
            var process = Process.Start(command) ?? throw new InvalidOperationException("no process was started");
            toWorker.DisposeLocalCopyOfClientHandle();
            fromWorker.DisposeLocalCopyOfClientHandle();
            return new WorkerProcess(process, toWorker, fromWorker, clock);
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or IOException or InvalidOperationException)
        {
            toWorker.Dispose();
            fromWorker.Dispose();
            throw new WorkerFailure(RejectReason.Crash, $"{command.FileName} can't be started: {e.Message}");
        }
    }

    /// <summary>Sends a message that is not answered.</summary>
    public void Tell(byte kind, Action<BinaryWriter> content) => Send(kind, Interlocked.Increment(ref _next), content);

    /// <summary>Sends a message. The answer fails with a <see cref="WorkerFailure"/> if the worker ends before.</summary>
    public Task<BinaryReader> Ask(byte kind, Action<BinaryWriter> content)
    {
        var (number, answer) = (Interlocked.Increment(ref _next), new TaskCompletionSource<BinaryReader>(TaskCreationOptions.RunContinuationsAsynchronously));
        _asked[number] = answer;
        Send(kind, number, content);
        if (_failure is { } failure)
        {
            answer.TrySetException(failure);
        }

        return answer.Task;
    }

    /// <summary>Waits for answers; a worker that takes too long is ended.</summary>
    public void Wait(IReadOnlyList<Task> answers, TimeSpan deadline)
    {
        try
        {
            Task.WhenAll(answers).WaitAsync(deadline, _clock).Wait();
        }
        catch (AggregateException e) when (e.InnerException is TimeoutException)
        {
            Fail(new WorkerFailure(RejectReason.Timeout, $"no end after {deadline.TotalSeconds:0.#} s"));
        }
        catch (AggregateException)
        {
            // Each answer tells by itself.
        }
    }

    /// <summary>Sends a message and waits for its answer.</summary>
    /// <exception cref="WorkerFailure">The worker has ended, or was ended because it took too long.</exception>
    public BinaryReader Ask(byte kind, Action<BinaryWriter> content, TimeSpan deadline)
    {
        var answer = Ask(kind, content);
        Wait([answer], deadline);
        return answer.GetAwaiter().GetResult();
    }

    public void Dispose()
    {
        Fail(new WorkerFailure(RejectReason.Crash, "the worker was closed"));
        _process.WaitForExit(1000);
        _process.Dispose();
        _toWorker.Dispose();
        _fromWorker.Dispose();
    }

    private void Send(byte kind, int number, Action<BinaryWriter> content)
    {
        try
        {
            WorkerPipe.Write(_toWorker, kind, number, content);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // It has ended; the listening thread finds out how.
        }
    }

    private void Listen()
    {
        try
        {
            while (WorkerPipe.Read(_fromWorker) is { } message)
            {
                if (_asked.TryRemove(message.Number, out var answer))
                {
                    answer.TrySetResult(message.Content);
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The same as an end.
        }

        Fail(HowItEnded());
    }

    private WorkerFailure HowItEnded()
    {
        try
        {
            // With its output, which says why.
            if (_process.WaitForExit(Ending))
            {
                _process.WaitForExit();
                var code = _process.ExitCode;
                string errors;
                lock (_errors)
                {
                    errors = string.Join(' ', _errors.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Take(3));
                }

                return code == KilledExitCode
                    ? new WorkerFailure(RejectReason.OutOfMemory, "the system ended the process, as it does when memory runs out")
                    : new WorkerFailure(RejectReason.Crash, $"the process ended with {Describe(code)}{(errors.Length > 0 ? $": {errors}" : "")}");
            }
        }
        catch (InvalidOperationException)
        {
            // It was closed meanwhile.
        }

        return new WorkerFailure(RejectReason.Crash, "the process doesn't answer any more");
    }

    // Who is ended by a signal has 128 and its number; Windows has codes of 32 bits.
    private static string Describe(int code) => code switch
    {
        128 + 4 => "exit code 132 (SIGILL)",
        128 + 6 => "exit code 134 (SIGABRT)",
        128 + 7 => "exit code 135 (SIGBUS)",
        128 + 8 => "exit code 136 (SIGFPE)",
        128 + 11 => "exit code 139 (SIGSEGV)",
        < 0 => $"exit code 0x{code:X8}",
        _ => $"exit code {code}",
    };

    private void Fail(WorkerFailure failure)
    {
        if (_failure is null)
        {
            _failure = failure;
            try
            {
                _process.Kill(entireProcessTree: true);
            }
            catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception or NotSupportedException)
            {
                // It has ended.
            }
        }

        foreach (var answer in _asked.Values)
        {
            answer.TrySetException(_failure);
        }
    }

    private void Keep(string? line)
    {
        lock (_errors)
        {
            if (line is not null && _errors.Length < KeptOutput)
            {
                _errors.AppendLine(line);
            }
        }
    }
}
