package org.jeroboam.hardware.testkit;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import org.jeroboam.hardware.board.BoardRole;

/** Roles and their handles; a handle without implementation does nothing and answers zeros. */
final class FakeRoles {
    private final Map<Class<?>, BoardRole> implementations = new HashMap<>();
    private final Map<Class<?>, BoardRole> handles = new HashMap<>();

    <R extends BoardRole> void provide(Class<R> role, R implementation) {
        implementations.put(role, implementation);
    }

    <R extends BoardRole> void withdraw(Class<R> role, R implementation) {
        implementations.remove(role, implementation);
    }

    boolean present(Class<? extends BoardRole> role) {
        return implementations.containsKey(role);
    }

    <R extends BoardRole> R handle(Class<R> role) {
        return role.cast(handles.computeIfAbsent(role, k -> scoped(new Scope(), role)));
    }

    <R extends BoardRole> R scoped(Scope scope, Class<R> role) {
        return role.cast(Proxy.newProxyInstance(
                role.getClassLoader(),
                new Class<?>[] {role},
                (proxy, method, arguments) -> call(scope, role, method, arguments)));
    }

    private Object call(Scope scope, Class<?> role, Method method, Object[] arguments) throws Throwable {
        if (method.getDeclaringClass() == Object.class) {
            return method.invoke(this, arguments);
        }
        BoardRole target = scope.late() ? null : implementations.get(role);
        if (target == null) {
            Class<?> type = method.getReturnType();
            return type == boolean.class ? (Object) false : type == int.class ? (Object) 0 : null;
        }
        try {
            method.setAccessible(true);
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
