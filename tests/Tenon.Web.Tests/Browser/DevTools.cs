using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;

namespace Tenon.Web.Tests;

/// <summary>The DevTools protocol of a browser: numbered commands and their answers over a socket.</summary>
internal sealed class DevTools : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);
    private readonly ClientWebSocket _socket = new();
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonElement>> _waiting = [];
    private readonly SemaphoreSlim _sending = new(1);
    private Task _reading = Task.CompletedTask;
    private int _last;

    private DevTools()
    {
    }

    public static async Task<DevTools> ConnectAsync(Uri address)
    {
        var tools = new DevTools();
        await tools._socket.ConnectAsync(address, CancellationToken.None);
        tools._reading = tools.ReadAsync();
        return tools;
    }

    /// <summary>Sends a command and waits for its answer.</summary>
    public async Task<JsonElement> SendAsync(string method, object parameters, string? session = null)
    {
        var id = Interlocked.Increment(ref _last);
        var answer = _waiting[id] = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        object command = session is null ? new { id, method, @params = parameters } : new { id, method, @params = parameters, sessionId = session };
        await _sending.WaitAsync();
        try
        {
            await _socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(command), WebSocketMessageType.Text, true, CancellationToken.None);
        }
        finally
        {
            _sending.Release();
        }

        return await answer.Task.WaitAsync(Patience);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _socket.Abort();
        await _reading;
        _socket.Dispose();
    }

    private async Task ReadAsync()
    {
        var buffer = new byte[1 << 16];
        try
        {
            while (true)
            {
                using var message = new MemoryStream();
                WebSocketReceiveResult part;
                do
                {
                    part = await _socket.ReceiveAsync(buffer, CancellationToken.None);
                    message.Write(buffer, 0, part.Count);
                }
                while (!part.EndOfMessage);

                using var document = JsonDocument.Parse(message.ToArray());
                if (document.RootElement.TryGetProperty("id", out var id) && _waiting.TryRemove(id.GetInt32(), out var waiting))
                {
                    if (document.RootElement.TryGetProperty("error", out var error))
                    {
                        waiting.SetException(new DevToolsException(error.GetProperty("message").GetString()!));
                    }
                    else
                    {
                        waiting.SetResult(document.RootElement.GetProperty("result").Clone());
                    }
                }
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException or JsonException)
        {
            foreach (var waiting in _waiting.Values)
            {
                waiting.TrySetException(new DevToolsException($"The browser is gone: {e.Message}"));
            }
        }
    }
}

/// <summary>What a browser answers to a command that it can't do.</summary>
internal sealed class DevToolsException(string message) : Exception(message);
