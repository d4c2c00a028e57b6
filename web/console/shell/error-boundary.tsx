import { Component, type ReactNode } from "react";
import { Failed } from "./states.tsx";

/** A mistake in a screen shows as a message with a way on, not as a white page. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { error: unknown }> {
  override state: { error: unknown } = { error: undefined };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    if (this.state.error === undefined) return this.props.children;
    return <Failed error={this.state.error} retry={() => window.location.reload()} />;
  }
}
