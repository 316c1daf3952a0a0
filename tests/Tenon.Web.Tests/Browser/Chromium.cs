using System.Diagnostics;
using System.Text.Json;

namespace Tenon.Web.Tests;

/// <summary>A browser without a window, started for the tests and spoken to by its DevTools.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge", "msedge"];

    private static readonly string[] Places =
    [
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        @"C:\Program Files\Google\Chrome\Application\chrome.exe",
        @"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
    ];

    private readonly Process _process;
    private readonly string _profile;
    private readonly DevTools _tools;

    private Chromium(Process process, string profile, DevTools tools) => (_process, _profile, _tools) = (process, profile, tools);

    /// <summary>The program that <c>TENON_CHROMIUM</c> names, or one that is found; null if there is none.</summary>
    public static string? Find()
    {
        if (Environment.GetEnvironmentVariable("TENON_CHROMIUM") is { Length: > 0 } named)
        {
            return named;
        }

        var suffix = OperatingSystem.IsWindows() ? ".exe" : "";
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return Names.SelectMany(n => folders.Select(f => Path.Combine(f, n + suffix))).Concat(Places).FirstOrDefault(File.Exists);
    }

    /// <summary>Starts a browser; the test is skipped where there is none.</summary>
    public static async Task<Chromium> StartAsync()
    {
        if (Find() is not { } program)
        {
            Assert.Ignore("This machine has no Chromium, Chrome or Edge; TENON_CHROMIUM can name one.");
            throw new InvalidOperationException();
        }

        var profile = Directory.CreateTempSubdirectory("tenon-browser").FullName;
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            ArgumentList =
            {
                "--headless", "--disable-gpu", "--enable-unsafe-webgpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync", "--remote-debugging-port=0", $"--user-data-dir={profile}", "about:blank",
            },
        };
        if (OperatingSystem.IsLinux())
        {
            // As root, and in containers, there is no sandbox.
            start.ArgumentList.Insert(0, "--no-sandbox");
        }

        var process = Process.Start(start) ?? throw new InvalidOperationException("The browser did not start.");
        var said = new List<string>();
        while (await process.StandardError.ReadLineAsync() is { } line)
        {
            said.Add(line);
            if (line.StartsWith("DevTools listening on ", StringComparison.Ordinal))
            {
                // What else it says is read, so that it doesn't wait for us.
                _ = process.StandardError.ReadToEndAsync();
                _ = process.StandardOutput.ReadToEndAsync();
                return new Chromium(process, profile, await DevTools.ConnectAsync(new Uri(line["DevTools listening on ".Length..])));
            }
        }

        throw new InvalidOperationException($"{program} ended: {string.Join(' ', said.TakeLast(5))}");
    }

    /// <summary>Opens a page of its own.</summary>
    /// <param name="before">A script that runs before those of the page.</param>
    public async Task<Page> NewPageAsync(string? before = null)
    {
        var context = (await _tools.SendAsync("Target.createBrowserContext", new { })).GetProperty("browserContextId").GetString();
        var target = (await _tools.SendAsync("Target.createTarget", new { url = "about:blank", browserContextId = context, width = 900, height = 760 })).GetProperty("targetId").GetString();
        var session = (await _tools.SendAsync("Target.attachToTarget", new { targetId = target, flatten = true })).GetProperty("sessionId").GetString()!;
        var page = new Page((method, parameters) => _tools.SendAsync(method, parameters, session));
        await page.SendAsync("Page.enable", new { });
        if (before is not null)
        {
            await page.SendAsync("Page.addScriptToEvaluateOnNewDocument", new { source = before });
        }

        return page;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _tools.DisposeAsync();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        try
        {
            Directory.Delete(_profile, recursive: true);
        }
        catch (IOException)
        {
            // A process of it that is still ending may hold a file; the system clears its temporary files.
        }
    }
}

/// <summary>One page of a browser.</summary>
internal sealed class Page(Func<string, object, Task<JsonElement>> send)
{
    /// <summary>Sends a command of the DevTools protocol.</summary>
    public Task<JsonElement> SendAsync(string method, object parameters) => send(method, parameters);

    /// <summary>Goes to an address and waits until the page says that it is ready or has failed.</summary>
    /// <returns>Which of these.</returns>
    public async Task<string> GoAsync(string url)
    {
        await SendAsync("Page.navigate", new { url });
        return (await EvaluateAsync($"new Promise(done => {{ const at = {JsonSerializer.Serialize(url)}; const look = () => location.href === at && document.body?.dataset.state ? done(document.body.dataset.state) : setTimeout(look, 50); look(); }})")).GetString()!;
    }

    /// <summary>The value of an expression; a promise is waited for.</summary>
    public async Task<JsonElement> EvaluateAsync(string expression)
    {
        while (true)
        {
            try
            {
                var answer = await SendAsync("Runtime.evaluate", new { expression, awaitPromise = true, returnByValue = true });
                if (answer.TryGetProperty("exceptionDetails", out var error))
                {
                    Assert.Fail($"{error.GetProperty("exception").GetProperty("description").GetString()}");
                }

                return answer.GetProperty("result").TryGetProperty("value", out var value) ? value : default;
            }
            catch (DevToolsException e) when (e.Message.Contains("navigated", StringComparison.Ordinal) || e.Message.Contains("context was destroyed", StringComparison.Ordinal))
            {
                // Asked while the page was on its way.
            }
        }
    }

    /// <summary>Presses the mouse, moves it along a line and lets go.</summary>
    public async Task DrawAsync(params (double X, double Y)[] points)
    {
        await MouseAsync("mousePressed", points[0], 1);
        for (var i = 1; i < points.Length; i++)
        {
            await MouseAsync("mouseMoved", points[i], 1);
        }

        await MouseAsync("mouseReleased", points[^1], 0);
    }

    /// <summary>Writes a picture of the page.</summary>
    public async Task ScreenshotAsync(string path)
    {
        var picture = await SendAsync("Page.captureScreenshot", new { format = "png", captureBeyondViewport = true });
        await File.WriteAllBytesAsync(path, picture.GetProperty("data").GetBytesFromBase64());
        TestContext.AddTestAttachment(path);
        TestContext.Out.WriteLine($"screenshot: {path}");
    }

    private Task MouseAsync(string type, (double X, double Y) at, int buttons) =>
        SendAsync("Input.dispatchMouseEvent", new { type, x = at.X, y = at.Y, button = "left", buttons, clickCount = 1, pointerType = "mouse" });
}
